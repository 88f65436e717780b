"""Writes a Llama folder in Hugging Face layout as a GGUF file for llama.cpp: the tensors alone, no tokenizer.

Usage: python make_gguf.py MODEL_DIR OUT.gguf --type bf16|f16|f32|q8_0                        (gguf 0.17, numpy)

llama.cpp's own converter wants a tokenizer that it knows; ours are made up, and sampling needs ids only.
"""

import argparse
import json
import pathlib

import gguf
import numpy as np

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def tensors(folder):
    """(name, fp32 array) of each tensor; safetensors' numpy reader knows no bf16, so the bytes are read here."""
    for file in sorted(pathlib.Path(folder).glob("*.safetensors")):
        data = np.memmap(file, np.uint8, "r")
        size = int(data[:8].view("<u8")[0])
        for name, about in json.loads(bytes(data[8 : 8 + size])).items():
            if name == "__metadata__":
                continue
            start, end = (8 + size + o for o in about["data_offsets"])
            raw = np.array(data[start:end])
            if about["dtype"] == "BF16":
                values = (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
            else:
                values = raw.view({"F32": "<f4", "F16": "<f2"}[about["dtype"]]).astype(np.float32)
            yield name, values.reshape(about["shape"])


def gguf_name(name):
    stem = name.removesuffix(".weight")
    if not stem.startswith("model.layers."):
        return NAMES[stem] + ".weight"
    layer, rest = stem.removeprefix("model.layers.").split(".", 1)
    return f"blk.{layer}.{NAMES[rest]}.weight"


def interleaved(weight, heads):
    """llama.cpp turns neighbours where transformers turns halves: convert_hf_to_gguf's permute."""
    rows = weight.shape[0]
    return weight.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--type", choices=["bf16", "f16", "f32", "q8_0"], default="bf16")
    args = parser.parse_args()
    config = json.loads((pathlib.Path(args.model) / "config.json").read_text())
    kind = gguf.GGMLQuantizationType[args.type.upper()]
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    theta = config.get("rope_theta") or config["rope_parameters"]["rope_theta"]
    writer = gguf.GGUFWriter(args.out, "llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    writer.add_rope_freq_base(theta)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("none")
    for name, values in tensors(args.model):
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            values = interleaved(values, heads if name.endswith("q_proj.weight") else kv_heads)
        of_this = gguf.GGMLQuantizationType.F32 if values.ndim == 1 else kind  # llama.cpp wants norms in fp32
        writer.add_tensor(gguf_name(name), gguf.quants.quantize(values, of_this), raw_dtype=of_this)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
