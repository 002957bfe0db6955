#!/bin/bash
# sbatch slurm.sh: two nodes of eight GPUs. Not run by the lab: partition, account and modules are your cluster's.
#SBATCH --job-name=search-r3
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@60
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=slurm-%j.log
set -euo pipefail
cd "$SLURM_SUBMIT_DIR"
first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export first processes=$((SLURM_NNODES * 8))
# A requeued job goes on from its last whole checkpoint.
srun bash -c 'accelerate launch --config_file accelerate/many-machines.yaml \
  --num_machines "$SLURM_NNODES" --num_processes "$processes" --machine_rank "$SLURM_NODEID" \
  --main_process_ip "$first" train.py --processes "$processes"'
