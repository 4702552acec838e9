"""The formats in which networks and spikes travel.

- `network_json`: our JSON of a network;
- `risp_json`: that of RISP, TENNLab's neuroprocessor; `risp_parameters`: what its processor is told;
- `spike_table`: input spikes as CSV or JSON, output spikes as CSV;
- `json_text`: JSON that people read and write; a network from the neurons and synapses of any format.
"""
