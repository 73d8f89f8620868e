#!/usr/bin/env bash
# Brings a release to AWS: stacks, migrate with the new image, and only then the services.
# Usage: deploy/deploy.sh PARAMETERS TAG
#   PARAMETERS  a file of lines Name=Value for the templates beside this script; see shop.parameters.example
#   TAG         of an image in the shop's repository; the tag of an earlier release rolls back to it
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,5s/^# //p' "$0"; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
file=$1 tag=$2

mapfile -t given < <(grep -vE '^[[:space:]]*(#|$)' "$file")
shop=retail-sync
for one in "${given[@]}"; do
    name=${one%%=*}
    grep -qE "^  $name:\$" "$here"/*.yaml || { echo "$file: no template knows the parameter $name" >&2; exit 64; }
    case $name in
        Shop) shop=${one#*=} ;;
        Image | CommandImage) echo "$file: $name comes from the tag, take it out" >&2; exit 64 ;;
    esac
done
# What goes by the name of the shop unless the file says otherwise.
parameters=("TablePrefix=$shop-" "DatabaseId=$shop" "${given[@]}")

stack() { # NAME [Parameter=Value]; what is not given stays as it is
    echo "Stack $shop-$1 ..." >&2
    aws cloudformation deploy --stack-name "$shop-$1" --template-file "$here/$1.yaml" --capabilities CAPABILITY_IAM \
        --no-fail-on-empty-changeset --parameter-overrides "${parameters[@]}" "${@:2}"
}
output() { # STACK KEY
    aws cloudformation describe-stacks --stack-name "$shop-$1" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"
}
workers() { # COUNT, and whether the count is left alone
    aws application-autoscaling register-scalable-target --service-namespace ecs \
        --resource-id "service/$shop/$shop-worker" --scalable-dimension ecs:service:DesiredCount --suspended-state \
        "DynamicScalingInSuspended=$2,DynamicScalingOutSuspended=$2,ScheduledScalingSuspended=$2" >/dev/null
    aws ecs update-service --cluster "$shop" --service "$shop-worker" --desired-count "$1" >/dev/null
}

stack registry
image="$(output registry RepositoryUri):$tag"
aws ecr describe-images --repository-name "$shop" --image-ids "imageTag=$tag" >/dev/null || {
    echo "There is no image $image. Build and push it, then run this again; see docs/deploy.md." >&2
    exit 66
}
aws ssm get-parameter --name "/$shop/database-ca" >/dev/null || {
    echo "The parameter /$shop/database-ca is missing: the certificates of RDS in this region; see docs/deploy.md." >&2
    exit 66
}
stack foundation
stack rights
stack service "CommandImage=$image"

# Workers of the old version would leave what they add out of sums that the new one keeps otherwise.
running=$(aws ecs describe-services --cluster "$shop" --services "$shop-worker" --output text \
    --query "services[?status=='ACTIVE'].desiredCount | [0]")
case $running in
    '' | None | 0) ;;
    *)
        echo "Workers rest meanwhile; what they would have done waits for them." >&2
        trap 'workers "$running" false' EXIT # also when what follows fails
        workers 0 true
        aws ecs wait services-stable --cluster "$shop" --services "$shop-worker"
        ;;
esac

"$here/command.sh" "$shop" "exec python -m app migrate" || {
    echo "migrate failed, so the services were not touched. What it said stands above." >&2
    exit 70
}
stack service "CommandImage=$image" "Image=$image"
stack watch

trap - EXIT
case $running in
    '' | None | 0) ;;
    *) workers "$running" false ;;
esac
aws ecs wait services-stable --cluster "$shop" --services "$shop-web" "$shop-worker"
echo "The shop runs $tag. Its address for the DNS: $(output service Address)"
