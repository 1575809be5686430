"""The kernels are found where they were built, and missed nowhere."""

import subprocess
import sys
from pathlib import Path

from summarizer.engine import native

WITHOUT = """
import shutil, sys
from pathlib import Path
from summarizer.engine import native
native.__file__ = sys.argv[1] + "/native.py"
assert native.load_native() is None
"""


def test_without_a_library_there_are_no_kernels(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", WITHOUT, str(tmp_path)], check=True)


def test_a_library_of_another_make_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "_native.so").write_bytes(b"\x7fELF, but not for this machine")
    subprocess.run([sys.executable, "-c", WITHOUT, str(tmp_path)], check=True)


def test_a_build_of_this_machine_runs_here() -> None:
    """Where the extension was built and the CPU has AVX-512 with VNNI, it must load: a silent miss costs the speed."""
    is_built = any(Path(native.__file__).parent.glob("_native*.so"))
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    is_able = all(flag in flags for flag in ("avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni"))
    assert (native.load_native() is not None) == (is_built and is_able)
