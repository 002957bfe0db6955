"""Runs the tests beside it and counts them: `N passed, M failed, K skipped`. Words after it choose tests by name."""

import sys
import unittest
from pathlib import Path

loader = unittest.TestLoader()
loader.testNamePatterns = [f"*{word}*" for word in sys.argv[1:]] or None
tests = loader.discover(str(Path(__file__).parent))
result = unittest.TextTestRunner(verbosity=2).run(tests)
failed = len(result.failures) + len(result.errors)
print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
sys.exit(failed > 0)
