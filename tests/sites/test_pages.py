"""The pages of sites: the file, the list, one site, and an incident's sites and crews; by keyboard and without scripts."""

import io

import pytest

from tests.hostile.visitors import Visitor
from tests.sites.scene import CONTACT, Scene
