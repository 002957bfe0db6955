"""train.py under FSDP on a machine without GPUs, where accelerate itself would copy the model to every process."""

import runpy
import sys

import torch.distributed.fsdp
from accelerate import state
from accelerate.utils import DistributedType

begin, shard = state.AcceleratorState.__init__, torch.distributed.fsdp.fully_shard


def begin_with_fsdp(self, *rest, fsdp_plugin=None, **options):
    begin(self, *rest, fsdp_plugin=fsdp_plugin, **options)
    self.distributed_type = DistributedType.FSDP
    if fsdp_plugin is not None:
        self.fsdp_plugin = fsdp_plugin


def shard_and_say(module, *rest, **options):
    print("shards", type(module).__name__, flush=True)
    return shard(module, *rest, **options)


state.AcceleratorState.__init__, torch.distributed.fsdp.fully_shard = begin_with_fsdp, shard_and_say
sys.path.insert(0, ".")
runpy.run_path("train.py", run_name="__main__")
