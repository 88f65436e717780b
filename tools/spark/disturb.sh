#!/usr/bin/env bash
# Trains on a standalone Spark cluster of this machine (PyPI's pyspark: a master, two workers of one core) while executors are
# killed, stopped and join late and the driver is killed; each model must be that of processes, byte for byte. Then executors
# with a fault each, which must be named before the first step. Workers with faults have mounts of their own, so it needs root.
# Usage: tools/spark/disturb.sh [FOLDER]      about 15 minutes on two busy cores; FOLDER keeps Spark, runs and logs
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mkdir -p "${1:-/tmp/r1zero-spark}" && cd "${1:-/tmp/r1zero-spark}" && pwd)
[ -x "$folder/env/bin/pip" ] || python3 -m venv "$folder/env"
version=$(sed -nE 's,.*<spark.version>(.*)</spark.version>.*,\1,p' rollout-workers/spark/pom.xml)
"$folder/env/bin/pip" install -q "pyspark==$version"
SPARK_HOME=$(echo "$folder"/env/lib/python3*/site-packages/pyspark)
export SPARK_HOME SPARK_LOCAL_IP=127.0.0.1
master=spark://127.0.0.1:7077
runs=$folder/runs
rm -rf "$runs"
mkdir -p "$runs"
recipe=(recipes/algorithms/base.yaml recipes/algorithms/grpo.yaml --set grpo.steps=12 --set dtype=float32
  --set evaluation.problems=64 --set rollouts.unit_problems=2 --set rollouts.threads=1 --set checkpoint.save_steps=2)

workers=()
worker() { # NUMBER [COMMAND that starts it]
  "${@:2}" "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker --cores 1 --memory 2g --work-dir "$folder/work$1" \
    --webui-port "809$1" "$master" >"$folder/worker$1.log" 2>&1 &
  workers[$1]=$!
  until grep -q "Successfully registered" "$folder/worker$1.log"; do
    kill -0 "${workers[$1]}"
    sleep 0.3
  done
}
end_worker() { # NUMBER
  kill "${workers[$1]}"
  wait "${workers[$1]}" || :
  unset "workers[$1]"
}
# those of our workers, not of other clusters of this machine
executors() { pgrep -P "$(IFS=, && echo "${workers[*]}")" -f CoarseGrainedExecutorBackend; }
ui=14040 # Spark's own pages, which say what is running
submit() { # NAME [OPTIONS]
  ./r1zero submit --master "$master" --conf "spark.ui.port=$ui" -- train "${recipe[@]}" --set rollouts.backend=spark --set output="$runs/$1" "${@:2}" \
    >"$runs/$1.log" 2>&1 &
  pid=$!
}
after_step() { # NAME STEP
  until grep -q "step $2/12" "$runs/$1.log"; do
    kill -0 "$pid"
    sleep 0.3
  done
}
while_learning() { # NAME UPDATE: until the tasks of that update, or of a later one, run
  python3 - "$ui" "$2" "$pid" <<'P' || { echo "$1 has ended before update $2" >&2 && exit 1; }
import json, os, re, sys, time, urllib.request
api = f"http://127.0.0.1:{sys.argv[1]}/api/v1/applications"
while True:
    os.kill(int(sys.argv[3]), 0)  # fails where the run has ended
    try:
        app = json.load(urllib.request.urlopen(api, timeout=5))[0]["id"]
        jobs = json.load(urllib.request.urlopen(f"{api}/{app}/jobs?status=running", timeout=5))
    except (OSError, ValueError, IndexError):
        jobs = []  # it has only begun
    for job in jobs:
        update = re.match(r"update (\d+): (\d+) learners", job.get("description") or "")
        if update and int(update[1]) >= int(sys.argv[2]) and job["numActiveTasks"] == int(update[2]):
            print("  " + job["description"])
            sys.exit()
    time.sleep(0.02)
P
}
executor() {
  until executors >/dev/null; do sleep 0.3; done # one that was killed may be the last
  executors | shuf -n 1
}

"$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 7077 --webui-port 8090 \
  >"$folder/master.log" 2>&1 &
trap 'kill $(jobs -p) 2>/dev/null || :' EXIT
sleep 5
worker 1
worker 2

echo "processes, undisturbed"
./r1zero train "${recipe[@]}" --set rollouts.backend=process --set rollouts.workers=2 --set output="$runs/process" \
  >"$runs/process.log" 2>&1
echo "kill -9 of an executor after steps 2, 4 and 6"
submit kill
for step in 2 4 6; do
  after_step kill "$step"
  kill -9 "$(executor)"
done
wait "$pid"
echo "an executor stopped after step 3, never continued"
submit stop
after_step stop 3
stopped=$(executor)
kill -STOP "$stopped"
wait "$pid"
kill -9 "$stopped" 2>/dev/null || :
echo "an executor that joins after step 4, in whose /dev/shm nothing has room"
end_worker 2
submit late
after_step late 4
worker 2 unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs /dev/shm && exec "$@"' sh
wait "$pid"
echo "the driver killed after step 5, then --resume"
submit driver
after_step driver 5
kill -9 "$pid"
wait "$pid" || :
sleep 5
./r1zero submit --master "$master" -- train --resume "$runs"/driver/* >>"$runs/driver.log" 2>&1

echo "two learners, first undisturbed, then with an executor killed while they compute updates 5 and 11"
submit learners --set rollouts.learners=2
wait "$pid"
submit learners-kill --set rollouts.learners=2
for update in 5 11; do
  while_learning learners-kill "$update"
  kill -9 "$(executor)"
done
wait "$pid"
[ "$(grep -cE "update [0-9]+: 2 learners, .* begins again" "$runs/learners-kill.log")" -ge 2 ] || {
  echo "updates must have begun again; see $runs/learners-kill.log" >&2
  exit 1
}

sha256sum "$runs"/*/*/model/model.safetensors
[ "$(sha256sum "$runs"/{process,kill,stop,late,driver}/*/model/model.safetensors | cut -d' ' -f1 | sort -u | wc -l)" = 1 ] &&
  [ "$(sha256sum "$runs"/learners*/*/model/model.safetensors | cut -d' ' -f1 | sort -u | wc -l)" = 1 ] || {
  echo "the models differ" >&2
  exit 1
}
python3 - "$runs" <<'P'
import glob, json, os, re, sys
other = re.compile(r"time|per_second|memory|workers/replaced|seconds|rss")
runs = {}
for folder in sorted(glob.glob(sys.argv[1] + "/*/*/")):
    steps = [json.loads(line) for line in open(folder + "metrics.jsonl")]
    rollouts = [open(f).read() for f in sorted(glob.glob(folder + "rollouts/step-*.jsonl"))]
    runs[folder.split("/")[-3]] = ([{k: v for k, v in s.items() if not other.search(k)} for s in steps], rollouts)
for name, run in runs.items():
    first = runs["learners" if name.startswith("learners") else "process"]
    for a, b in zip(first[0], run[0], strict=True):
        different = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
        if different:
            sys.exit(f"metrics of {name} differ in step {a.get('step')}: {different}")
    if run[1] != first[1]:
        sys.exit(f"rollouts of {name} differ")
for number in ("loss", "grad_norm", "entropy"):  # later steps have other last bits to start from
    one, two = (runs[name][0][0][number] for name in ("process", "learners"))
    if not abs(one - two) <= 1e-6:  # nor NaN
        sys.exit(f"{number} of the first step is {one}, with two learners {two}")
print("all models, rollouts and metrics (but times, memory and workers/replaced) are the same:", ", ".join(runs))
P

# a fault on one of two executors ends the run before its first step, and is named
must_say() { # NAME WHAT [SUBMIT'S OPTIONS] -- COMMAND
  local name=$1 what=$2 rc=0
  shift 2
  ./r1zero submit --master "$master" "$@" --set rollouts.backend=spark --set output="$runs/$name" >"$runs/$name.log" 2>&1 || rc=$?
  if [ "$rc" = 0 ] || grep -q "step 1/" "$runs/$name.log" || ! grep -qE "$what" "$runs/$name.log"; then
    echo "$name: ended with $rc and must have said $what; see $runs/$name.log" >&2
    exit 1
  fi
  grep -E "$what" "$runs/$name.log"
}
echo "an executor whose libtorch may use less of the processor"
end_worker 2
worker 2 env ATEN_CPU_CAPABILITY=default
must_say processor 'executors differ.*ATEN_CPU_CAPABILITY=default' -- train "${recipe[@]}"
echo "an executor without bubblewrap"
end_worker 2
worker 2 unshare -m sh -c 'mount --bind /dev/null "$(readlink -f "$(command -v bwrap)")" && exec "$@"' sh
printf '%s\n' '{"question": "Write f(x) that returns x + 1.", "entry_point": "f", "tests": "assert f(1) == 2"}' >"$runs/code.jsonl"
must_say sandbox ': its verifiers can.t be made: .*bubblewrap' -- train recipes/own-data.yaml --set task.options.path="$runs/code.jsonl" \
  --set task.options.held_out_share=0 --set evaluation.problems=0 --set 'rewards=[{verifier: code, weight: 1}]' \
  --set rollouts.unit_problems=2 --set rollouts.threads=1
echo "each fault was named before the first step"
