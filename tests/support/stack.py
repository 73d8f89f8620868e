"""The templates of `deploy/`: as they are written, and as moto makes them.

moto 5.2.5 is no CloudFormation. `WITHOUT` lists what it passes over in silence: for that a template is checked by
cfn-lint alone. `STAND_INS` are values that it cannot give, put in their place before it reads a template.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests.support.aws import ACCOUNT, REGION

DEPLOY = Path(__file__).parents[2] / "deploy"
SHOP = "retail-sync"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{SHOP}:0.1.0"
ORDER = ("registry", "foundation", "rights", "service", "watch")
DATABASE_SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1-abc"
SECRET_KEY_SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{SHOP}/secret-key-abc"

STAND_INS: dict[str, dict[str, str]] = {
    "foundation": {
        "DatabaseUrl": "mysql+pymysql://shop@db.example:3306/shop",
        "DatabaseSecretArn": DATABASE_SECRET,
        "SecretKeyArn": SECRET_KEY_SECRET,
        "MailSettingsName": SHOP,
        **{f"Dkim{n}": "name value" for n in (1, 2, 3)},
    },
    "service": {"LoadBalancerFullName": f"app/{SHOP}/1", "WebTargetsFullName": f"targetgroup/{SHOP}/1"},
}
WITHOUT = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::ElasticLoadBalancingV2::ListenerRule",  # only with CloudFront, which is not asked for here
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SecretsManager::Secret",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, `!Ref x` as {"Ref": "x"}."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@cache
def template(name: str) -> dict[str, Any]:
    return dict(yaml.load((DEPLOY / f"{name}.yaml").read_text(), _Loader))


def resources(name: str, kind: str) -> dict[str, dict[str, Any]]:
    """Properties by logical name."""
    found = template(name)["Resources"].items()
    return {logical: one["Properties"] for logical, one in found if one["Type"] == kind}


@dataclass
class Deployed:
    """What moto made: `made` are types of resources."""

    made: set[str]

    def environment(self, part: str) -> dict[str, str]:
        return {one["name"]: one["value"] for one in self._container(part)["environment"]}

    def secrets(self, part: str) -> dict[str, str]:
        return {one["name"]: one["valueFrom"] for one in self._container(part)["secrets"]}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Of the role with that logical name: its policies' statements, whose lists are lists."""
        iam = boto3.client("iam")
        name = boto3.client("cloudformation").describe_stack_resource(
            StackName=f"{SHOP}-rights", LogicalResourceId=role
        )["StackResourceDetail"]["PhysicalResourceId"]
        assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
        documents = [
            ast.literal_eval(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])  # moto's form
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        return [
            {**one, "Action": _listed(one["Action"]), "Resource": _listed(one["Resource"])}
            for document in documents
            for one in document["Statement"]
        ]

    @staticmethod
    def _container(part: str) -> dict[str, Any]:
        answer = boto3.client("ecs").describe_task_definition(taskDefinition=f"{SHOP}-{part}")
        return dict(answer["taskDefinition"]["containerDefinitions"][0])


def deploy() -> Deployed:
    """All stacks in their order, as deploy.sh brings them. Within moto's `mock_aws`."""
    cloudformation = boto3.client("cloudformation")
    certificate = boto3.client("acm").request_certificate(DomainName="shop.example")["CertificateArn"]
    parameters = {
        "foundation": {"SesDomain": "shop.example", "LowStockEmail": "stock@shop.example"},
        "service": {
            "CommandImage": IMAGE,
            "Image": IMAGE,
            "PublicName": "shop.example",
            "CertificateArn": certificate,
            "SesSender": "Retail Sync <shop@shop.example>",
            "AllowDemoPayments": "true",
        },
        "watch": {"AlarmEmail": "ops@shop.example"},
    }
    deployed = Deployed(set())
    for name in ORDER:
        stack = f"{SHOP}-{name}"
        cloudformation.create_stack(
            StackName=stack,
            TemplateBody=json.dumps(_for_moto(name)),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.get(name, {}).items()
            ],
            Capabilities=["CAPABILITY_IAM"],
        )
        listed = cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
        deployed.made |= {one["ResourceType"] for one in listed} - {""}  # without a type: passed over
    return deployed


def _for_moto(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(template(name), default=str))
    for key, value in STAND_INS.get(name, {}).items():
        body["Outputs"][key]["Value"] = value
    if name == "foundation":  # moto stumbles over a reference to a group of parameters
        del body["Resources"]["Database"]["Properties"]["DBParameterGroupName"]
    return body


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
