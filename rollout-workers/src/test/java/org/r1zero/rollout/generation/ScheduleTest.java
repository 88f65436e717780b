package org.r1zero.rollout.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.FinishReason;

class ScheduleTest {
  private static final StopCondition NEVER = (tokens, length) -> false;
  private static final SamplingConfig CONFIG =
      new SamplingConfig(1, 0, 1, 0, 8, List.of(), 64).withPrefillChunk(8);

  /** Five completions of one prompt and three of another, two, two and three rows at a time. */
  @Test
  void aPromptIsReadOnceForItsGroup() {
    Schedule schedule =
        only(
            new GenerationRequest(new int[] {1, 2}, new long[5]),
            new GenerationRequest(new int[] {3}, new long[3]));
    Schedule.Admission first = schedule.next(2, NEVER);
    assertThat(first.prompts()).isDeepEqualTo(new int[][] {{1, 2}});
    assertThat(first.owner()).containsExactly(0, 0);
    assertThat(first.toHold()).isZero();

    Schedule.Admission second = schedule.next(2, NEVER);
    assertThat(second.prompts()).isEmpty();
    assertThat(second.owner()).containsExactly(Schedule.HELD, Schedule.HELD);
    assertThat(second.toHold()).isEqualTo(Schedule.HELD);

    Schedule.Admission third = schedule.next(3, NEVER);
    assertThat(third.prompts()).isDeepEqualTo(new int[][] {{3}});
    assertThat(third.owner()).containsExactly(Schedule.HELD, 0, 0);
    assertThat(third.toHold()).isZero();

    Schedule.Admission last = schedule.next(9, NEVER);
    assertThat(last.owner()).containsExactly(Schedule.HELD);
    assertThat(last.toHold()).isLessThan(Schedule.HELD);
    assertThat(schedule.hasWaiting()).isFalse();
  }

  /** A lane's part ends within a group: nobody of this lane waits for the prompt. */
  @Test
  void nothingIsHeldForAnotherLane() {
    List<Schedule> lanes =
        Schedule.of(List.of(new GenerationRequest(new int[] {1}, new long[4])), CONFIG, 2);
    for (Schedule lane : lanes) {
      Schedule.Admission all = lane.next(4, NEVER);
      assertThat(all.owner()).containsExactly(0, 0);
      assertThat(all.toHold()).isLessThan(Schedule.HELD);
    }
  }

  /** What was begun is read with its prompt; a held prompt stays for those who begin anew. */
  @Test
  void begunCompletionsHavePromptsOfTheirOwn() {
    Generation none = generation();
    Generation begun = generation(7);
    Schedule schedule =
        only(
            new GenerationRequest(
                new int[] {1, 2}, new long[4], List.of(none, begun, none, none), 0));
    assertThat(schedule.next(1, NEVER).toHold()).isZero();
    Schedule.Admission second = schedule.next(2, NEVER);
    assertThat(second.prompts()).isDeepEqualTo(new int[][] {{1, 2, 7}});
    assertThat(second.owner()).containsExactly(0, Schedule.HELD);
    assertThat(second.toHold()).isEqualTo(Schedule.HELD);
    assertThat(schedule.next(2, NEVER).owner()).containsExactly(Schedule.HELD);
  }

  private static Generation generation(int... tokens) {
    return new Generation(
        tokens, new float[tokens.length], new float[tokens.length], FinishReason.LENGTH);
  }

  private static Schedule only(GenerationRequest... requests) {
    return Schedule.of(List.of(requests), CONFIG, 1).get(0);
  }
}
