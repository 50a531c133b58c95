#!/bin/sh
# Deletes the hub and all work on it: run it on the day that the announcement names. Needs kubectl and the namespace's name.
# What the disks' storage class keeps (reclaimPolicy Retain) and what backups hold is yours to delete.
set -eu
namespace=${1:?"end-of-term.sh: expected the namespace, such as seminar"}
kubectl get pvc --namespace "$namespace" --selector component=singleuser-storage
printf 'Type the name of the namespace to delete it with all of these: '
read -r answer
[ "$answer" = "$namespace" ] || { echo "nothing was deleted" >&2; exit 1; }
kubectl delete namespace "$namespace"
