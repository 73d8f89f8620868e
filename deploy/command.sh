#!/usr/bin/env bash
# Runs one command of the shop on AWS, beside the services, and prints its log. Its exit status is the command's.
# Usage: deploy/command.sh SHOP "python -m app reconcile"
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,3s/^# //p' "$0"; exit 64; }
shop=$1 command=$2

output() { # STACK KEY
    aws cloudformation describe-stacks --stack-name "$shop-$1" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"
}
told() { # QUERY
    aws ecs describe-tasks --cluster "$shop" --tasks "$task" --output text --query "tasks[0].$1"
}

definition=$(output service CommandTaskArn)
subnets=$(output foundation PrivateSubnets)
group=$(output foundation WorkerSecurityGroupId)
overrides=$(python3 -c 'import json, sys; print(json.dumps(
    {"containerOverrides": [{"name": "command", "command": [sys.argv[1]]}]}))' "$command")
task=$(aws ecs run-task --cluster "$shop" --task-definition "$definition" --launch-type FARGATE \
    --network-configuration "awsvpcConfiguration={subnets=[$subnets],securityGroups=[$group],assignPublicIp=DISABLED}" \
    --overrides "$overrides" --output text --query 'tasks[0].taskArn')
echo "Running: $command ($task)" >&2

for _ in $(seq 18); do # each waits for ten minutes
    if aws ecs wait tasks-stopped --cluster "$shop" --tasks "$task"; then break; fi
    [ "$(told lastStatus)" != STOPPED ] || break
done

aws logs get-log-events --log-group-name "/$shop/command" --log-stream-name "task/command/${task##*/}" \
    --start-from-head --output text --query 'events[].[message]' || true
status=$(told 'containers[0].exitCode')
case $status in
    '' | *[!0-9]*)
        echo "It did not come to its end: $(told stoppedReason)" >&2
        exit 70
        ;;
esac
exit "$status"
