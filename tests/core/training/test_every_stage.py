"""All eight stages one after the other, from random weights to a model with every adapter."""

from every_stage import check, every_stage


def test_each_stage_learns_on_what_the_ones_before_it_wrote(tmp_path):
    check(*every_stage(tmp_path, "cpu", "fp32"))
