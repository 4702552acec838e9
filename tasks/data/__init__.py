"""Tasks with samples: classification and regression, on data of ours or in files of the user."""
