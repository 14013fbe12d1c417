"""How `environments/run.py` handles versions and executed notebooks; its full runs take long."""

import importlib.util
from pathlib import Path

import yaml

HERE = Path(__file__).parent / "environments"
spec = importlib.util.spec_from_file_location("environments", HERE / "run.py")
environments = importlib.util.module_from_spec(spec)
spec.loader.exec_module(environments)


def test_a_newer_list_gives_versions_to_the_names_that_the_course_uses():
    names = ["# a day", "absl-py==1.4.0", "pillow", "tqdm"]
    newer = ["# do not modify", "absl-py==2.0", "Pillow==12.1", "torch @ https://x/torch.whl", "zict==3"]
    assert environments.listed(names, newer) == ["absl-py==2.0", "pillow==12.1", "tqdm"]
    assert environments.listed(names, []) == names[1:]


def test_packages_that_are_no_longer_what_they_were_are_named():
    before = {"absl-py": "1.4.0", "numpy": "2.1.3", "gone": "1"}
    after = {"absl-py": "2.5.1", "numpy": "2.1.3", "av": "19"}
    assert environments.moved(before, after) == ["absl-py 1.4.0 -> 2.5.1", "gone 1 -> removed"]


def test_failing_cells_and_lines_on_the_standard_error_are_faults():
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    shout, said = ({"output_type": "stream", "name": name, "text": "oh\n"} for name in ("stderr", "stdout"))
    ran = [{"k": 3, "outputs": [said]}, {"k": 5, "outputs": [shout, error]}]
    assert environments.faults_of(ran) == ["cell 5, standard error: oh", "cell 5: ValueError: no"]


def test_the_weekly_workflow_runs_each_environment_on_systems_that_readme_names():
    root = HERE.parents[1]
    flow = yaml.safe_load((root / ".github" / "workflows" / "environments.yml").read_text(encoding="utf-8"))
    runs = flow["jobs"]["test"]["strategy"]["matrix"]["include"]
    assert {run["environment"] for run in runs} == environments.PYTHON.keys()
    assert {run["system"].split("-")[0] for run in runs} == {"ubuntu", "windows", "macos"}
