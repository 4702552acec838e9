"""Tables of any format as columns, and one set of rules for what they mean.

- `read_table`: from a file to a table, by the ending of its name
- `table`: `Table` and `Column`, what every reader returns
- `text_file`, `text_layout`: text, read by pandas; its encoding, separator and header
- `cells`: what the texts of a column mean: numbers, dates, yes and no
- `typed_files`: Parquet, NumPy's arrays and Excel
- `array_columns`: columns whose values have types
- `names`: names of columns
- `columns`: what each column is for a network: number, yes or no, categories, left out
- `labels`: the columns of right answers, labels or numbers
- `prepare`: what training data decide: medians for missing values, and constants
- `features`: the features of a task, through all of these steps
"""
