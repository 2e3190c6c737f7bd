"""A tiny model or two of each flavor, with an input and the library's own answers.

The modules use nothing but the library, so that MLflow's environments can run them too. Each has:

* `models()`: models by name,
* `data()`: an input of theirs,
* `answers(model, data)`: what the library itself predicts,
* where saving needs more than the model, `arguments(name)`: that, for a model.
"""
