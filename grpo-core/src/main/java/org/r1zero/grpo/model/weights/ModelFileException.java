package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A model folder can't be used: the message names the file, the field and what was expected. */
public final class ModelFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the parser says of its own switches and parts. */
  private static final Pattern PARSER =
      Pattern.compile(
          ", from `[^`]*`|: enable `[^`]*` to allow|; to allow use `[^`]*`"
              + "| \\(start marker at \\[.*?\\]\\)");

  /** A fault of one file. */
  public ModelFileException(Path file, String fault) {
    super(file + ": " + fault);
  }

  /** A fault of one file with its cause. */
  public ModelFileException(Path file, String fault, Throwable cause) {
    super(file + ": " + fault, cause);
  }

  /** A file that can't be read as JSON. */
  public static ModelFileException notJson(Path file, IOException cause) {
    return new ModelFileException(file, "is not valid JSON: " + why(cause), cause);
  }

  /** Why a text could not be read as JSON, in one line: with its place, without Java's names. */
  public static String why(IOException fault) {
    if (!(fault instanceof JsonProcessingException json)) {
      return String.valueOf(fault.getMessage());
    }
    String text = PARSER.matcher(String.valueOf(json.getOriginalMessage())).replaceAll("");
    JsonLocation at = json.getLocation();
    return at == null || at.getLineNr() < 1 ? text : "line " + at.getLineNr() + ": " + text;
  }
}
