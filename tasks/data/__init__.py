"""Tasks with samples: data sets in, classes or numbers out.

- `data_task`: what both kinds share, `DataTask`: split, scaling, encoding, measurements
- `classification`: `Classification`, labels
- `anomaly`: `AnomalyDetection`, one class and what is unlike it
- `regression`: `Regression`, numbers
- `own_data`: the tasks `data` and `csv`, from a user's file: classes, numbers, anomalies
- `own_file`: what such files hold, and test data apart from them
- `arrays`: tasks from samples that are handed over, as scikit-learn does
- `files`: readers of data files, one format each
- `tables`: tables of any format, and one set of rules for their columns
- `class_labels`: labels that are missing
- `number_spelling`: what counts as a number in a text
- `gaps`: features of which some are missing
- `samples`: checks of features, labels and targets; features scaled to [0, 1] by the
  training data; noisy copies
- `splits`: training, validation and test data; folds; groups; order of time
- `encoder_probe`: which encoder and window suit a table of values
- `logistic_regression`: the linear model that it asks
- `baselines`: what networks are compared with: constants, scikit-learn's linear models
- `scores`: scores of decisions, `SCORES`
- `number_scores`: scores of predicted numbers, `NUMBER_SCORES`
- `scoring`: the compiled half: every network on every sample
- `learning`: networks that learn, by a surrogate gradient
"""
