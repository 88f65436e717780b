package org.r1zero.grpo.model.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failures, limits, and corners that the goldens of {@code ChatTemplateGoldenTest} leave out. */
@Tag("slow")
class JinjaTemplateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      value = {
        "a{{ b¦line 1: '}}' is missing",
        "a\\n\\n{{ b c }}¦line 3: unexpected 'c'",
        "{% if x %}\\na¦line 2: expected [",
        "{% for a b %}¦line 1: expected 'in', found 'b'",
        "{% include 'x' %}¦line 1: the tag 'include' is not supported here",
        "{% endif %}¦line 1: the tag 'endif' is not supported here",
        "{{ a | nope }}¦line 1: the filter 'nope' is not known",
        "{{ a is nope }}¦line 1: the test 'nope' is not known",
        "{{ (1 }}¦line 1: unexpected '}'",
        "{{ 'open }}¦line 1: unexpected character '''",
        "{# open¦line 1: a comment has no end",
        "{{ }}¦line 1: expected an expression, found '}}'",
        "{{ a.+ }}¦line 1: expected an expression, found '+'",
        "{{ x[] }}¦unexpected",
        "{{ $ }}¦line 1: unexpected character '$'"
      })
  void faultsOfTheTextNameTheirLine(String source, String message) {
    assertThatThrownBy(() -> parse(source.replace("\\n", "\n")))
        .isInstanceOf(JinjaException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      value = {
        "{{ nothing.x }}¦'nothing' is undefined",
        "{{ nothing + 'a' }}¦'nothing' is undefined",
        "{{ nothing < 1 }}¦'nothing' is undefined",
        "{{ nothing() }}¦'nothing' is undefined",
        "{{ 'a' + 1 }}¦'+' does not go with 'a' and 1",
        "{{ 'a' < 1 }}¦'a' and 1 have no order",
        "{{ 1 in 'a' }}¦only a string can be in a string, not 1",
        "{{ 1[0:1] }}¦1 can't be sliced",
        "{{ 'a'() }}¦'a' can't be called",
        "{% for i in 5 %}{% endfor %}¦5 can't be iterated over",
        "{% set x.y = 1 %}¦only a namespace's fields can be set, not x's",
        "{% set a, b = [1, 2, 3] %}¦3 values can't be assigned to 2 names",
        "{{ 1 // 0 }}¦division by zero",
        "{{ 'a'.split('') }}¦split needs a separator that is not empty",
        "{{ strftime_now('%Q') }}¦the date format %Q is not known",
        "{{ raise_exception('no ' ~ 1) }}¦no 1"
      })
  void faultsOfValuesSayWhatWasFound(String source, String message) {
    assertThatThrownBy(() -> render(source)).isInstanceOf(JinjaException.class).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      value = {
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}¦a macro calls itself without end",
        "{{ range(1000000000) }}¦more than 100000 numbers",
        "{{ 'abc' * 1000000000 }}¦more than 1000000 items",
        "{{ [1] * 1000000000 }}¦more than 1000000 items",
        "{{ 10 ** 1000 }}¦a number is too large",
        "{{ 9223372036854775807 + 1 }}¦a number is too large",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}¦without end",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}¦without end",
        "{% macro a(n) %}{% if n %}{{ a(n-1) }}{{ a(n-1) }}{% endif %}{% endmacro %}{{ a(60) }}¦without end",
        "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}¦without end",
        "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}¦without end",
        "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}¦without end",
        "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}¦without end",
        "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }}¦without end",
        "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}¦without end",
        "{% set n = namespace(x={}, y={}) %}{% for i in range(60) %}{% set n.x = {1: n.x, 2: n.x} %}{% set n.y = {1: n.y, 2: n.y} %}{% endfor %}{{ n.x == n.y }}¦without end",
        "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ {n.x: 1} }}¦can't be a key",
        "{{ ('a\\n' * 400000)|indent(100000) }}¦without end",
        "{{ 'a'|indent(2000000000, true) }}¦without end",
        "{{ ('a' * 900000)|replace('a', 'b' * 900000) }}¦without end",
        "{{ ('a' * 900000).replace('', 'b' * 900000) }}¦without end",
        "{{ ('a' * 900000).replace('a', 'b' * 900000, 800000) }}¦without end",
        "{{ (['a'] * 900000)|join('b' * 900000) }}¦without end",
        "{{ ('b' * 900000).join(['a'] * 900000) }}¦without end",
        "{{ [[1]]|tojson(indent=2000000000) }}¦without end",
        "{% set x = 'a' * 900000 %}{% for i in range(90000) %}{% set y = x|upper %}{% endfor %}¦without end",
        "{% set x = 'a' * 900000 %}{% for i in range(90000) %}{% set y = x|list %}{% endfor %}¦without end",
        "{% set x %}{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}{% endset %}¦without end"
      })
  void templatesThatWouldFillTheMemoryAreStopped(String source, String message) {
    assertThatThrownBy(() -> render(source))
        .isInstanceOf(JinjaException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "{% raw %}{{ x }}{% endraw %}¦{{ x }}",
        "{{ '}}' }}¦}}",
        "{{ {'a': {'b': 1}} }}¦{'a': {'b': 1}}",
        "{{ 'a' 'b' }}¦ab",
        "{{ \"it's\" }} {{ ['it\\'s'] }}¦it's [\"it's\"]",
        "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }}¦True False",
        "{{ not 1 == 2 }}¦True",
        "{{ -2 ** 2 }} {{ 2 - 1 - 1 }}¦4 0",
        "{{ 'a'.__class__ }}¦",
        "{{ 1e16 }} {{ 1e-5 }} {{ 0.1 + 0.2 }} {{ 0.0001 }}¦1e+16 1e-05 0.30000000000000004 0.0001",
        "{{ [1, 2, 3, 4][::2] }} {{ [1, 2, 3][-2:] }} {{ 'abc'[::-1] }}¦[1, 3] [2, 3] cba",
        "{{ [1, 2][5] }}{{ [][0] }}{{ 'a'[3] }}¦",
        "{{ 'a,b,c'.rsplit(',', 1) }} {{ 'a,b,c'.split(',', 1) }}¦['a,b', 'c'] ['a', 'b,c']",
        "{{ 'é\\u00e9\\x41\\U0001F600' }}¦ééA😀",
        "{% for k, v in {'b': 1, 'a': 2}|dictsort %}{{ k }}{{ v }}{% endfor %}¦a2b1",
        "{{ [3, 1, 2]|sort(reverse=true)|join }} {{ ['b', 'A']|sort }}¦321 ['A', 'b']",
        "{{ [1, 1, 2]|unique|list }} {{ [1, 2]|sum }} {{ [1, 2]|max }}¦[1, 2] 3 2",
        "{{ 'x'|default('y') }}{{ ''|default('y', true) }}¦xy",
        "{{ 2.5|round }} {{ '12'|int + 1 }} {{ 'z'|int }} {{ '1.5'|float }}¦2.0 13 0 1.5",
        "{{ loop is defined }} {{ namespace(a=1).a }} {{ dict(a=1) }}¦False 1 {'a': 1}"
      })
  void rendersAsJinjaDoes(String source, String expected) {
    assertThat(render(source)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void indentLeavesTheFirstLine() {
    assertThat(render("{{ 'a\\nb'|indent }} {{ 'a\\n\\nb'|indent(2, true) }}"))
        .isEqualTo("a\n    b   a\n\n  b");
  }

  @Test
  void valuesAreNeverReadAsTemplates() {
    String hostile = "{{ 7 * 7 }}{% for x in y %}{# #}";
    assertThat(parse("{% set x = text %}{{ x }}|{{ [text]|join }}").render(Map.of("text", hostile)))
        .isEqualTo(hostile + "|" + hostile);
  }

  @Test
  void templateMayBeRenderedAgain() {
    JinjaTemplate template = parse("{% set n = items|length %}{% set items = [] %}{{ n }}");
    for (int i = 0; i < 2; i++) {
      assertThat(template.render(Map.of("items", List.of(1L, 2L)))).isEqualTo("2");
    }
  }

  /** A long chat is far from the limit: a million characters, looked at some times each. */
  @Test
  void longChatsAreRendered() {
    String text = "word and word\n".repeat(70_000);
    String source =
        "{% for m in messages %}{% if '</think>' in m %}T{% endif %}{{ m.split('x')[-1]|trim }}"
            + "{{ m|replace('a', 'e')|length > 3 }}{% endfor %}";
    assertThat(parse(source).render(Map.of("messages", List.of(text, text))))
        .hasSize(2 * (text.length() - 1) + 8);
  }

  private static String render(String source) {
    return parse(source).render(Map.of());
  }

  private static JinjaTemplate parse(String source) {
    return JinjaTemplate.parse(source, Clock.systemUTC());
  }
}
