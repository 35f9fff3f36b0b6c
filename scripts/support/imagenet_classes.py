#!/usr/bin/env python3
"""Prints ImageNet's classes as `Sources/GraftModels/Published/ImageNetClasses.swift`, from torchvision.

Where torchvision is built for CUDA beside a CPU build of torch, import what declares its operators
first.
"""
import textwrap

from torchvision.models._meta import _IMAGENET_CATEGORIES as CLASSES

assert len(CLASSES) == 1000 and not any(mark in name for name in CLASSES for mark in ',"\\')
print("""// Made by scripts/support/imagenet_classes.py.
/// The classes of the ImageNet challenge.
public enum ImageNetClasses {
  /// The names of the 1000 classes in the order of the networks' results, as torchvision has them.
  public static let names = text.split(separator: ",").map { name in
    name.split(whereSeparator: \\.isWhitespace).joined(separator: " ")
  }

  private static let text = \"\"\"""")
print(textwrap.fill(", ".join(CLASSES), 98, break_on_hyphens=False, initial_indent="    ",
                    subsequent_indent="    "))
print('    """\n}')
