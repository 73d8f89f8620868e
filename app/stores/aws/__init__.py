"""E-mail by SES, alerts by SNS, pictures in S3. Region, credentials and endpoints are boto3's own variables."""
