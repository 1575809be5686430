"""What a device's errors mean: too large a step can be made smaller, a lost device can compute nothing more."""

import torch

# https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html: after an assertion, an illegal address or a
# launch failure "the process must be terminated and relaunched"; torch before 2.8 raises them as RuntimeError.
LOST = ("CUDA error", "device-side assert", "CUBLAS_STATUS", "CUDNN_STATUS", "unspecified launch failure")
FULL = ("can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDA error: out of memory")


def is_out_of_memory(error: Exception) -> bool:
    """Whether a smaller step may do."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in FULL)


def is_device_lost(error: Exception) -> bool:
    """Whether every later call on the device would fail too, until another process begins afresh."""
    if is_out_of_memory(error):
        return False
    if isinstance(error, torch.AcceleratorError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in LOST)
