#!/bin/bash
# sbatch slurm-array.sh: sixteen workers share one sweep. Not run by the lab: partition, account and modules are your cluster's.
# A worker takes what nobody holds, so that any number of them may come, go and be started again.
#SBATCH --job-name=search-r3-sweep
#SBATCH --array=0-15
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --gpus-per-node=1
#SBATCH --cpus-per-task=4
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --output=sweep-%A-%a.log
set -euo pipefail
cd "${LAB_FOLDER:?set it to the checkout of Search-R3 Lab}"
npm run --silent lab -- sweep @ARGUMENTS@
