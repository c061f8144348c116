"""Uploads the dashboard to the stack's bucket: `make deploy-site STAGE=dev`, after `make deploy`.

What goes up is what local/static.py serves. Its `no-cache` makes CloudFront ask for each file anew, so that
nothing has to be invalidated.
"""

import sys

import boto3

from local.static import StaticSite


def main(stage: str) -> int:
    stack = boto3.client("cloudformation").describe_stacks(StackName=f"dutchbook-{stage}")["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    bucket, site = boto3.client("s3"), StaticSite(simulated_data=False)
    for name in site.names():
        file = site.answer(name)
        bucket.put_object(
            Bucket=outputs["SiteBucket"],
            Key=name,
            Body=file.body,
            ContentType=file.headers["content-type"],
            CacheControl=file.headers["cache-control"],
        )
        print(name)
    print(outputs["SiteUrl"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "dev"))
