"""Reads config.pbtxt files by Triton's own protocol buffers, and prints them as JSON: a list, in the order of the arguments."""
import json
import sys

from google.protobuf import json_format, text_format
from tritonclient.grpc.model_config_pb2 import ModelConfig

configs = [text_format.Parse(open(path, "rb").read().decode(), ModelConfig()) for path in sys.argv[1:]]
print(json.dumps([json_format.MessageToDict(each, preserving_proto_field_name=True) for each in configs]))
