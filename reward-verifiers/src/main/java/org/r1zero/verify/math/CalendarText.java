package org.r1zero.verify.math;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times of day, for golds that are one.
 *
 * @param year 0 where none is given
 * @param month 1 to 12; 0 for a time
 * @param day 0 where none is given
 * @param minutes since midnight; -1 for a date
 */
record CalendarText(int year, int month, int day, int minutes) {

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final String MONTH =
      "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
          + "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
  private static final Pattern MONTH_FIRST =
      Pattern.compile(MONTH + "\\.? (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?");
  private static final Pattern DAY_FIRST =
      Pattern.compile(
          "(?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?: of)? " + MONTH + "\\.?,?(?: (\\d{4}))?");
  private static final Pattern MONTH_YEAR = Pattern.compile(MONTH + "\\.?,? (\\d{4})");
  private static final Pattern ISO = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})");
  private static final Pattern SLASHES = Pattern.compile("(\\d{1,2})/(\\d{1,2})/(\\d{4})");
  private static final Pattern TIME =
      Pattern.compile("(\\d{1,2})(?::(\\d{2}))? ?([ap])\\.? ?m\\.?");
  private static final Pattern CLOCK = Pattern.compile("(\\d{1,2}):(\\d{2})");

  /** A date or a time with am or pm; {@code null} for anything else. */
  static @Nullable CalendarText of(String text) {
    if (text.length() > 80) {
      return null;
    }
    String plain = plain(text);
    Matcher m = MONTH_FIRST.matcher(plain);
    if (m.matches()) {
      return date(number(m.group(3)), month(m.group(1)), number(m.group(2)));
    }
    m = DAY_FIRST.matcher(plain);
    if (m.matches()) {
      return date(number(m.group(3)), month(m.group(2)), number(m.group(1)));
    }
    m = MONTH_YEAR.matcher(plain);
    if (m.matches()) {
      return date(number(m.group(2)), month(m.group(1)), 0);
    }
    m = ISO.matcher(plain);
    if (m.matches()) {
      return date(number(m.group(1)), number(m.group(2)), number(m.group(3)));
    }
    m = TIME.matcher(plain);
    if (m.matches()) {
      int hour = number(m.group(1)) % 12 + (m.group(3).equals("p") ? 12 : 0);
      return new CalendarText(0, 0, 0, hour * 60 + number(m.group(2)));
    }
    return null;
  }

  /** The last date or time that a text names; empty where it names none. */
  static String lastIn(String text) {
    String plain = plain(text.substring(Math.max(0, text.length() - 2_000)));
    String last = "";
    int lastEnd = -1;
    for (Pattern pattern : List.of(MONTH_FIRST, DAY_FIRST, MONTH_YEAR, ISO, SLASHES, TIME, CLOCK)) {
      Matcher matcher = pattern.matcher(plain);
      while (matcher.find()) {
        boolean longer = matcher.end() == lastEnd && matcher.group().length() > last.length();
        if (matcher.end() > lastEnd || longer) {
          last = matcher.group();
          lastEnd = matcher.end();
        }
      }
    }
    return last;
  }

  /** Reads an answer in the light of a gold that is a date or time. */
  static boolean matches(CalendarText gold, String answer) {
    CalendarText same = of(answer);
    if (same != null) {
      return gold.covers(same);
    }
    String plain = plain(answer);
    Matcher slashes = SLASHES.matcher(plain);
    if (slashes.matches()) {
      int first = number(slashes.group(1));
      int second = number(slashes.group(2));
      int year = number(slashes.group(3));
      return gold.covers(date(year, first, second)) || gold.covers(date(year, second, first));
    }
    Matcher clock = CLOCK.matcher(plain);
    // Only from 13:00 on does a clock without am or pm say which half of the day it means.
    return clock.matches()
        && gold.minutes >= 13 * 60
        && gold.minutes == number(clock.group(1)) * 60 + number(clock.group(2));
  }

  /** The same day or time; a year that the gold leaves out does not matter. */
  private boolean covers(@Nullable CalendarText answer) {
    return answer != null
        && month == answer.month
        && day == answer.day
        && minutes == answer.minutes
        && (year == answer.year || year == 0);
  }

  private static @Nullable CalendarText date(int year, int month, int day) {
    return month < 1 || month > 12 || day > 31 ? null : new CalendarText(year, month, day, -1);
  }

  private static String plain(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("\\\\(?:text|mbox|mathrm)\\s?", "");
    plain = plain.replaceAll("[{}$~]|\\\\[,; ]?", " ").replace(",", ", ").replaceAll("\\s+", " ");
    return plain.replace(" ,", ",").strip();
  }

  private static int month(String name) {
    return MONTHS.indexOf(name.substring(0, 3)) + 1;
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
