"""Makes the golden of supervised training: whole steps of TRL's SFTTrainer on a tiny model.

Usage: python make_sft_golden.py OUT_DIR    (torch 2.7.1, transformers 5.24.0, trl 1.16.0)

OUT_DIR is test-fixtures/src/main/resources/goldens; the model is OUT_DIR/model/qwen2-tied. Every step has the same three
examples, with loss on completions only, in fp32 on one thread.
"""
import os
import sys
import tempfile

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

import golden_files

SCRIPT, PACKAGES = "make_sft_golden.py", ["torch", "transformers", "trl"]
EXAMPLES = [([5], [20, 21, 22, 2]), ([8, 9, 10, 11], [30]), ([5, 6], [40, 41, 42, 43, 44, 2])]
STEPS = 4


def main(out):
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(os.path.join(out, "model", "qwen2-tied"), dtype=torch.float32)
    words = Tokenizer(WordLevel({str(i): i for i in range(model.config.vocab_size)}, unk_token="0"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="0", eos_token="2")
    data = Dataset.from_list([
        {"input_ids": p + c, "completion_mask": [0] * len(p) + [1] * len(c)} for p, c in EXAMPLES])
    with tempfile.TemporaryDirectory() as folder:
        args = SFTConfig(
            output_dir=folder, max_steps=STEPS, per_device_train_batch_size=3, learning_rate=1e-2,
            lr_scheduler_type="linear", warmup_steps=1, weight_decay=0.0, max_grad_norm=1.0, logging_steps=1,
            logging_first_step=True, use_cpu=True, bf16=False, fp16=False, gradient_checkpointing=False,
            completion_only_loss=True, report_to=[], save_strategy="no", max_length=None, packing=False,
            shuffle_dataset=False)
        trainer = SFTTrainer(model=model, args=args, train_dataset=data, processing_class=tokenizer)
        trainer.train()
    names = ("loss", "mean_token_accuracy", "entropy", "grad_norm", "learning_rate", "num_tokens", "epoch")
    steps = [{n: line[n] for n in names} for line in trainer.state.log_history if "loss" in line]
    golden = {"examples": [{"prompt": p, "completion": c} for p, c in EXAMPLES], "steps": steps}
    return golden


if __name__ == "__main__":
    folder = os.path.join(sys.argv[1], "sft", "trl")
    golden_files.write(folder, main(sys.argv[1]), SCRIPT, PACKAGES, "1e-4 relative: fp32 in another order of summation")
