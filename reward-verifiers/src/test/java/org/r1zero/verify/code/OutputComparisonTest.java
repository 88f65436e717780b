package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputComparisonTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "3, 3, true",
        "3, \"3\n\", true",
        "\"1 2\n3\", \"1  2 \r\n 3\n\n\", true",
        "\"1 2\n3\", \"1 2 3\", false",
        "\"1\n2\", \"1\n\n2\", false",
        "3, 3.0, true",
        "3, 3.0000001, false",
        "11, 0011, false",
        "0011, 11, false",
        "1000000000123, 1e12, false",
        "3.0, 3, true",
        "0.333333, 0.3333333333, true",
        "0.3333, 0.3334, false",
        "1000000.5, 1000000.6, true",
        "1.5e3, 1500, true",
        "0.5, .5, true",
        "0.5, nan, false",
        "0.5, 0.5f, false",
        "1000000007, 1000000008, false",
        "Yes, yes, false",
        "\"\", \"\", true",
        "\"\", \"\n\n\", true",
        "\"\", x, false",
        "0.5, 5e-9999999999, false",
      })
  void comparesLinesAndWords(String expected, String actual, boolean equal) {
    assertThat(OutputComparison.equal(expected, actual)).isEqualTo(equal);
  }
}
