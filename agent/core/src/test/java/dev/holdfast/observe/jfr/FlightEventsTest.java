package dev.holdfast.observe.jfr;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightEventsTest {
    private final ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
            .backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE))
            .policy());

    @TempDir
    Path directory;

    @Test
    void there_are_events_while_a_recording_runs_and_nobody_is_told_otherwise() throws IOException {
        new FlightEvents(observedCalls.counterRegistry).follow();
        assertThat(observedCalls.counterRegistry.recorded()).isFalse();
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            assertThat(observedCalls.counterRegistry.recorded()).isTrue();
            observedCalls.call("shop.example", status(503), status(200));
            recording.stop();
            recording.dump(file);
        }
        assertThat(observedCalls.counterRegistry.recorded()).isFalse();

        assertThat(named(file, "dev.holdfast.Attempt"))
                .extracting(event -> event.getString("outcome"))
                .containsExactly("503", "200");
        assertThat(named(file, "dev.holdfast.Retry")).singleElement().satisfies(event -> {
            assertThat(event.getString("policy")).isEqualTo("*");
            assertThat(event.getString("origin")).isEqualTo("http://shop.example:80");
            assertThat(event.getString("reason")).isEqualTo("503");
            assertThat(event.getDuration("delay")).hasSeconds(1);
            assertThat(event.getStackTrace()).isNull();
        });
    }

    @Test
    void an_injected_fault_is_an_event_of_its_own() throws IOException {
        ObservedCalls faulty = new ObservedCalls(Policies.retry()
                .maxRetries(0)
                .policy()
                .withFault(new FaultPolicy(1, 503, null, 0, 0, 1, Long.MAX_VALUE)));
        new FlightEvents(faulty.counterRegistry).follow();
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            faulty.session("shop.example").begin(faulty.now());
            recording.stop();
            recording.dump(file);
        }

        assertThat(named(file, "dev.holdfast.Fault")).singleElement().satisfies(event -> {
            assertThat(event.getString("fault")).isEqualTo("status 503");
            assertThat(event.getString("mode")).isEqualTo("enforce");
            assertThat(event.getString("origin")).isEqualTo("http://shop.example:80");
            assertThat(event.getString("policy")).isEqualTo("*");
        });
        assertThat(named(file, "dev.holdfast.Attempt")).hasSize(1);
    }

    @Test
    void a_recording_that_runs_already_is_joined() {
        try (Recording recording = new Recording()) {
            recording.start();

            new FlightEvents(observedCalls.counterRegistry).follow();

            assertThat(observedCalls.counterRegistry.recorded()).isTrue();
        }
    }

    @Test
    void a_recording_that_ends_leaves_another_one_alone() {
        new FlightEvents(observedCalls.counterRegistry).follow();
        try (Recording one = new Recording();
                Recording other = new Recording()) {
            one.start();
            other.start();
            one.stop();

            assertThat(observedCalls.counterRegistry.recorded()).isTrue();
        }
    }

    private static List<RecordedEvent> named(Path file, String name) throws IOException {
        List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(file));
        events.removeIf(event -> !event.getEventType().getName().equals(name));
        return events;
    }
}
