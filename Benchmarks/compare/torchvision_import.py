"""torchvision, also beside a PyTorch that its compiled operators don't fit."""


def torchvision():
    try:
        import torchvision
    except RuntimeError:
        declare_operators()
        import torchvision
    import torchvision.transforms

    return torchvision


def declare_operators():
    """Declaring the operators' names is enough: classification uses none of them."""
    import importlib.util
    import pathlib
    import re
    import sys

    import torch

    folder = pathlib.Path(importlib.util.find_spec("torchvision").submodule_search_locations[0])
    text = (folder / "_meta_registrations.py").read_text()
    names = set(re.findall(r"torchvision::(\w+)", text))
    names |= set(re.findall(r'register_meta\("(\w+)"\)', text))
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in sorted(names):
        try:
            library.define(operator + "(Tensor input) -> Tensor")
        except RuntimeError:
            pass
    declare_operators.library = library
    for module in [m for m in sys.modules if m.split(".")[0] == "torchvision"]:
        del sys.modules[module]
