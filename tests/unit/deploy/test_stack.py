"""The templates of `deploy/` as they are written: settings, rights and tables are those of the code."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name

from app.settings.environment import Settings
from app.stores.dynamo.tables import PRODUCTS, TABLES, Key
from tests.support import stack

ROOT = Path(__file__).parents[3]
# Not the shop's own: boto3's, Python's folder for temporary files, and matplotlib's for what it keeps.
SYSTEM = {"AWS_DEFAULT_REGION", "TMPDIR", "MPLCONFIGDIR"}
# AWS knows no narrower resource for these; each stands in the template with that reason.
WITHOUT_RESOURCE = {"ecr:GetAuthorizationToken", "sns:Unsubscribe"}


@pytest.fixture
def containers() -> dict[str, dict[str, Any]]:
    tasks = stack.resources("service", "AWS::ECS::TaskDefinition")
    assert tasks.keys() == {"CommandTask", "WebTask", "WorkerTask"}
    return {name: task["ContainerDefinitions"][0] for name, task in tasks.items()}


class TestTasks:
    def test_every_environment_name_is_a_setting(self, containers):
        known = {name.upper() for name in Settings.model_fields}
        for container in containers.values():
            names = {one["Name"] for one in [*container["Environment"], *container["Secrets"]]}
            assert names - SYSTEM <= known

    def test_all_have_the_same_settings(self, containers):
        command, web, worker = ([container["Environment"], container["Secrets"]] for container in containers.values())
        assert command == web == worker

    def test_no_secret_stands_in_the_environment(self, containers):
        for container in containers.values():
            plain = {one["Name"]: one["Value"] for one in container["Environment"]}
            assert not {"SECRET_KEY", "DATABASE_CA"} & plain.keys()
        url = stack.template("foundation")["Outputs"]["DatabaseUrl"]["Value"]["Fn::Sub"]
        assert url.startswith("mysql+pymysql://shop@"), "a user, and no password"

    def test_they_write_nowhere_but_into_a_volume_of_the_image_and_are_nobody_special(self, containers):
        image = (ROOT / "Dockerfile").read_text()
        for container in containers.values():
            assert container["ReadonlyRootFilesystem"] is True
            (mount,) = container["MountPoints"]
            assert re.search(rf"^VOLUME .*{mount['ContainerPath']}\b", image, re.MULTILINE)
            assert f"--uid {container['User']} " in image
            assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}

    def test_they_have_longer_to_stop_than_the_shop_takes(self, containers):
        from app.cli.serving import STOP_SECONDS

        config = (ROOT / "app/gunicorn_config.py").read_text()
        graceful = int(re.search(r"^graceful_timeout = (\d+)", config, re.MULTILINE)[1])
        assert containers["WebTask"]["StopTimeout"] > graceful
        assert containers["WorkerTask"]["StopTimeout"] > STOP_SECONDS

    def test_the_load_balancer_lets_go_of_idle_connections_before_the_shop_does(self):
        (balancer,) = stack.resources("service", "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
        attributes = {one["Key"]: one["Value"] for one in balancer["LoadBalancerAttributes"]}
        config = (ROOT / "app/gunicorn_config.py").read_text()
        kept = int(re.search(r"^keepalive = (\d+) if settings.trusted_proxies", config, re.MULTILINE)[1])
        assert kept > int(attributes["idle_timeout.timeout_seconds"])


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for role, properties in stack.resources("rights", "AWS::IAM::Role").items():
        for policy in properties["Policies"]:
            for one in policy["PolicyDocument"]["Statement"]:
                yield role, one


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(prefix: str) -> set[str]:
    found = {action for _, one in statements() for action in listed(one["Action"])}
    return {action.removeprefix(prefix) for action in found if action.startswith(prefix)}


class TestRights:
    def test_no_template_gives_all_of_anything(self):
        for name in stack.ORDER:
            text = (stack.DEPLOY / f"{name}.yaml").read_text()
            assert "FullAccess" not in text
            assert "ManagedPolicyArns" not in text
            assert not re.search(r"Effect: Allow\n\s*(Principal.*\n\s*)?Action: .*\*", text)

    def test_roles_name_their_resources(self):
        for role, one in statements():
            if "*" in listed(one["Resource"]):
                assert set(listed(one["Action"])) <= WITHOUT_RESOURCE, role

    def test_each_task_has_a_role_of_its_own(self):
        tasks = stack.resources("service", "AWS::ECS::TaskDefinition")
        roles = {name: json.dumps(task["TaskRoleArn"]) for name, task in tasks.items()}
        assert len(set(roles.values())) == len(tasks)

    def test_dynamodb_is_allowed_what_its_store_calls(self):
        """Beside what transfer alone does, which runs where the old shop is, under rights of the operator's."""
        called = set()
        for path in (ROOT / "app/stores/dynamo").glob("*.py"):
            called |= {word for word in words_of(path) if word in operations("dynamodb")}
        needed = {operations("dynamodb")[word] for word in called} - {"TransactWriteItems"}
        transactions = words_of(ROOT / "app/stores/dynamo/expressions.py")
        kinds = {
            "Put": "PutItem",
            "Update": "UpdateItem",
            "Delete": "DeleteItem",
            "ConditionCheck": "ConditionCheckItem",
        }
        needed |= {action for kind, action in kinds.items() if kind in transactions}
        # The stacks make tables and expiry themselves, so migrate finds nothing to make.
        assert actions("dynamodb:") == needed - {
            "CreateTable",
            "UpdateTable",
            "UpdateTimeToLive",
        }

    @pytest.mark.parametrize(
        ("prefix", "service", "file", "beside"),
        [
            # A mail with attachments is raw to SES, and judged as such.
            ("ses:", "sesv2", "ses.py", {"SendRawEmail"}),
            ("sns:", "sns", "sns.py", set()),
            # Behind a read of what is not there.
            ("s3:", "s3", "s3.py", {"ListBucket"}),
            ("secretsmanager:", "secretsmanager", "database_password.py", set()),
        ],
    )
    def test_other_services_are_allowed_what_their_stores_call(self, prefix, service, file, beside):
        words = words_of(ROOT / "app/stores/aws" / file)
        called = {operation for word, operation in operations(service).items() if word in words}
        assert actions(prefix) == called | beside


@cache
def operations(service: str) -> dict[str, str]:
    """Method of boto3's client -> operation."""
    names = boto3.client(service, region_name="eu-west-1").meta.service_model.operation_names
    return {xform_name(name): name for name in names}


def words_of(path: Path) -> set[str]:
    """Texts and attribute names in a module: by one of both an operation of boto3 is called."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


class TestTables:
    def test_each_has_the_keys_indexes_and_expiry_of_the_code(self):
        made = {
            one["TableName"]["Fn::Sub"].removeprefix("${Shop}-"): one
            for one in stack.resources("foundation", "AWS::DynamoDB::Table").values()
        }
        assert made.keys() == {table.name for table in TABLES}
        for table in TABLES:
            found = made[table.name]
            kinds = {one["AttributeName"]: one["AttributeType"] for one in found["AttributeDefinitions"]}
            indexes = [one for one in found.get("GlobalSecondaryIndexes", []) if "Fn::If" not in one]
            assert key_of(found, kinds) == table.key
            assert [(one["IndexName"], key_of(one, kinds), one["Projection"]) for one in indexes] == [
                (index.name, index.key, index.projection) for index in table.indexes
            ]
            assert found.get("TimeToLiveSpecification", {}).get("AttributeName") == table.ttl
            assert found["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True

    def test_the_index_that_earlier_versions_read_stays_until_it_is_given_up(self):
        products = stack.template("foundation")["Resources"]["ProductsTable"]["Properties"]
        ((condition, old, nothing),) = [one["Fn::If"] for one in products["GlobalSecondaryIndexes"] if "Fn::If" in one]
        kinds = {one["AttributeName"]: one["AttributeType"] for one in products["AttributeDefinitions"]}
        (recent,) = next(table for table in TABLES if table.name == PRODUCTS).indexes
        assert (old["IndexName"], old["Projection"]) == (recent.predecessor, {"ProjectionType": "ALL"})
        assert key_of(old, kinds) == recent.key
        assert (condition, nothing) == ("HasOldProductsIndex", {"Ref": "AWS::NoValue"})
        assert stack.template("foundation")["Parameters"]["OldProductsIndex"]["Default"] == "true"

    def test_what_holds_data_outlives_its_stack(self):
        kept = {"AWS::DynamoDB::Table": "Retain", "AWS::S3::Bucket": "Retain", "AWS::RDS::DBInstance": "Snapshot"}
        for one in stack.template("foundation")["Resources"].values():
            if one["Type"] in kept:
                assert one["DeletionPolicy"] == one["UpdateReplacePolicy"] == kept[one["Type"]]


def key_of(found: dict[str, Any], kinds: dict[str, str]) -> Key:
    return tuple((one["AttributeName"], one["KeyType"], kinds[one["AttributeName"]]) for one in found["KeySchema"])
