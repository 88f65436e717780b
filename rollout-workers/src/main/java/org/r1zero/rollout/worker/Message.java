package org.r1zero.rollout.worker;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.r1zero.rollout.generation.Generation;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.rollout.generation.SamplingStatus;

/** What a pool and a worker process say to each other: a line of JSON each. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Message.Sample.class, name = "sample"),
  @JsonSubTypes.Type(value = Message.Cancel.class, name = "cancel"),
  @JsonSubTypes.Type(value = Message.Rest.class, name = "rest"),
  @JsonSubTypes.Type(value = Message.Ready.class, name = "ready"),
  @JsonSubTypes.Type(value = Message.Heartbeat.class, name = "heartbeat"),
  @JsonSubTypes.Type(value = Message.Finished.class, name = "finished"),
  @JsonSubTypes.Type(value = Message.Done.class, name = "done"),
  @JsonSubTypes.Type(value = Message.Failed.class, name = "failed")
})
sealed interface Message {

  /** To the worker: sample this unit. */
  record Sample(
      long id, List<GenerationRequest> requests, SamplingConfig config, int slot, long version)
      implements Message {}

  /** To the worker: end the unit that is under way. */
  record Cancel(long id) implements Message {}

  /** To the worker: nothing is to be sampled for a while. */
  record Rest() implements Message {}

  /** From the worker: it can take units. */
  record Ready() implements Message {}

  /** From the worker, several times per second: how far its unit is. */
  record Heartbeat(long id, SamplingStatus status) implements Message {}

  /** From the worker: a completion. */
  record Finished(long id, int request, int sample, Generation generation) implements Message {}

  /** From the worker: all completions were sent, or the unit was cancelled. */
  record Done(long id) implements Message {}

  /** From the worker: the unit can't be sampled, and another worker could not either. */
  record Failed(long id, String reason) implements Message {}

  /** Reads and writes messages; numbers are exact. */
  final class Codec {
    private static final ObjectMapper JSON =
        new ObjectMapper()
            .setVisibility(PropertyAccessor.GETTER, Visibility.NONE)
            .setVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
            .setVisibility(PropertyAccessor.FIELD, Visibility.ANY);

    private Codec() {}

    static byte[] write(Message message) {
      try {
        return JSON.writerFor(Message.class).writeValueAsBytes(message);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a message is plain data", e);
      }
    }

    /** Throws where a line is not a message: native code may print to standard output. */
    static Message read(byte[] line) throws IOException {
      return JSON.readValue(line, Message.class);
    }
  }
}
