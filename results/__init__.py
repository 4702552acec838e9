"""What a run keeps: its folder with tables and checkpoint; reading, summarising and drawing it.

Nothing here evaluates networks, and nothing knows genomes or tasks: rows and manifests are plain values.

- `store`: the run folder, written by one process and read by any
- `summaries`: a run, or several, in words and numbers: report, status, comparison
- `pictures`: runs, networks and spikes as PNG, SVG or PDF
"""
