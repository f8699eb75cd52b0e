package dev.holdfast.observe.jfr;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.observe.Labels;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.FallbackPolicy;
import java.util.List;
import java.util.Locale;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what happens, while a recording runs and only then: between recordings the counters tell nobody, and
 * a call costs what it costs without all this. Events name the policy and the origin, never a path or a query.
 * Thread-safe.
 */
public final class FlightEvents implements Observer {
    private final CounterRegistry counterRegistry;

    /**
     * Creates the recorder of events. Called once the Flight Recorder's classes are loaded, so that Holdfast does not
     * load them.
     */
    public FlightEvents(CounterRegistry counterRegistry) {
        this.counterRegistry = counterRegistry;
    }

    /** Takes part in recordings from now on, those that run already included. */
    public void follow() {
        FlightRecorder.addListener(new FlightRecorderListener() {
            @Override
            public void recordingStateChanged(Recording recording) {
                look();
            }
        });
        if (FlightRecorder.isInitialized()) {
            look();
        }
    }

    private void look() {
        List<Recording> recordings = FlightRecorder.getFlightRecorder().getRecordings();
        if (recordings.stream().anyMatch(recording -> recording.getState() == RecordingState.RUNNING)) {
            counterRegistry.record(this);
        } else {
            counterRegistry.stopRecording(this);
        }
    }

    @Override
    public void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
        AttemptEvent event = new AttemptEvent();
        if (event.shouldCommit()) {
            describe(event, target, call);
            event.method = call.method();
            event.outcome = Labels.of(outcome);
            event.took = nanos;
            event.commit();
        }
    }

    @Override
    public void retry(PolicyTarget target, CallInfo call, Outcome because, int attempt, long delayNanos) {
        RetryEvent event = new RetryEvent();
        if (event.shouldCommit()) {
            describe(event, target, call);
            event.reason = Labels.of(because);
            event.delay = delayNanos;
            event.commit();
        }
    }

    @Override
    public void rejected(PolicyTarget target, CallInfo call, Rejection reason) {
        RejectionEvent event = new RejectionEvent();
        if (event.shouldCommit()) {
            describe(event, target, call);
            event.reason = Labels.of(reason);
            event.commit();
        }
    }

    @Override
    public void faultInjected(PolicyTarget target, CallInfo call) {
        FaultEvent event = new FaultEvent();
        if (event.shouldCommit()) {
            describe(event, target, call);
            event.fault = target.policy().fault().described();
            event.mode = target.policy().mode().name().toLowerCase(Locale.ROOT);
            event.commit();
        }
    }

    @Override
    public void transition(
            PolicyTarget target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        TransitionEvent event = new TransitionEvent();
        if (event.shouldCommit()) {
            describe(event, target);
            event.from = Labels.of(from);
            event.to = Labels.of(to);
            event.reason = reason.text();
            event.commit();
        }
    }

    @Override
    public void fallback(PolicyTarget target, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason) {
        FallbackEvent event = new FallbackEvent();
        if (event.shouldCommit()) {
            describe(event, target, call);
            event.strategy = Labels.of(strategy);
            event.reason = reason.label();
            event.commit();
        }
    }

    private static void describe(CallEvent event, PolicyTarget target, CallInfo call) {
        describe(event, target);
        event.client = call.client().label();
    }

    private static void describe(OriginEvent event, PolicyTarget target) {
        event.policy = target.policy().name();
        event.origin = target.origin().toString();
    }

    /**
     * The configuration was replaced, or could not be.
     *
     * @param file as the user named it
     * @param policies how many are in force now
     * @param problem what is wrong with it, null where nothing is
     */
    public void reloaded(String file, int policies, @Nullable String problem) {
        ReloadEvent event = new ReloadEvent();
        if (event.shouldCommit()) {
            event.file = file;
            event.policies = policies;
            event.problem = problem;
            event.commit();
        }
    }
}
