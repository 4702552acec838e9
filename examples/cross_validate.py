"""Compare a spiking classifier with a linear one, by scikit-learn: ``python examples/cross_validate.py``."""

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from spikevolve import SpikingClassifier

features, classes = load_iris(return_X_y=True, as_frame=True)
spiking = SpikingClassifier(generations=8, population=20, random_state=1)
linear = make_pipeline(StandardScaler(), LogisticRegression())

for name, model in {"spiking": spiking, "linear": linear}.items():
    scores = cross_val_score(model, features, classes, cv=3)
    print(f"{name}: {scores.mean():.3f} ± {scores.std(ddof=1):.3f}")

spiking.fit(features, classes)
network = spiking.champion_.network
print(f"{network.synapses} synapses, {network.hidden} hidden neurons")
