package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // plain
        "72 | 72 | 1",
        "-5 | -5 | 1",
        "+5 | 5 | 1",
        "−5 | -5 | 1",
        "007 | 7 | 1",
        // decimals
        "72.50 | 145 | 2",
        ".4 | 2 | 5",
        "0.333 | 333 | 1000",
        // thousands
        "1,234 | 1234 | 1",
        "1{,}234 | 1234 | 1",
        "1,234,567.5 | 2469135 | 2",
        // fractions and mixed numbers
        "3/4 | 3 | 4",
        "-3/4 | -3 | 4",
        "2 1/2 | 5 | 2",
        "-2 1/2 | -5 | 2",
        "\\frac{3}{4} | 3 | 4",
        "-\\dfrac{3}{4} | -3 | 4",
        // powers of ten
        "1e3 | 1000 | 1",
        "2.5E-1 | 1 | 4",
        "6 \\times 10^{2} | 600 | 1",
        // currency, units, words
        "$5 | 5 | 1",
        "\\$1,000.50 | 2001 | 2",
        "12 apples | 12 | 1",
        "\\text{about } 12 cm^2 | 12 | 1",
        "90^\\circ | 90 | 1",
        "x = 3 | 3 | 1",
        "2 + 3 = 5 | 5 | 1"
      })
  void readsTheOneNumber(String text, String numerator, String denominator) {
    BigFraction expected =
        new BigFraction(
            new java.math.BigInteger(numerator.strip()),
            new java.math.BigInteger(denominator.strip()));
    assertThat(NumberText.only(text).map(NumberText.Quantity::value)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"40%", "40 %", "40\\%", "$40\\%$"})
  void seesThePercentSign(String text) {
    assertThat(NumberText.only(text)).contains(new NumberText.Quantity(new BigFraction(40), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "3 or 4",
        "3, 4",
        "2 + 3",
        "2*3",
        "2^3",
        "x^2",
        "3!",
        "\\sqrt{2}",
        "2\\pi",
        "1/0",
        "1/2/3",
        "3x5",
        "1_000",
        "5 < 6"
      })
  void refusesWhatIsNotOneNumber(String text) {
    assertThat(NumberText.only(text)).isEmpty();
  }

  @Test
  void givesNoValueToNumbersThatAreTooLong() {
    assertThat(NumberText.only("9".repeat(301))).contains(new NumberText.Quantity(null, false));
    assertThat(NumberText.only("1e999999999")).contains(new NumberText.Quantity(null, false));
    assertThat(NumberText.only("9".repeat(2001))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "first 3, then 4. | 4",
        "It costs 1,200 dollars. | 1200",
        "x1 is 7 and y2 too | 7",
        "in 2024 he had 5 | 5"
      })
  void takesTheLastNumberOfAText(String text, int expected) {
    assertThat(NumberText.last(text).map(NumberText.Quantity::value))
        .contains(new BigFraction(expected));
  }

  @Test
  void findsNoLastNumberInWords() {
    assertThat(NumberText.last("no numbers here")).isEqualTo(Optional.empty());
  }
}
