package dev.holdfast.exchange;

import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.SessionTest;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FailOpenSessionTest {
    private static final int NEVER = 0;

    private final PolicyTargets targets = new PolicyTargets(Observer.NONE);
    private final List<String> defects = new ArrayList<>();
    /** The look at the clock that fails. */
    private int failing = NEVER;

    private int looks;

    private final Engine engine = new Engine(
            new PolicyTable<>(Map.of(
                    HostPattern.parse("*"),
                    Policies.retry().limits(new LimitPolicy(1, 0, 1, 0)).policy())),
            targets,
            new Timer(),
            this::now,
            () -> 0,
            new Random(1));
    private final FailOpenSession session = new FailOpenSession(
            engine,
            engine.target("http", "localhost", 80),
            new SessionTest.Call("GET"),
            (consequence, defect) -> defects.add(consequence));

    @Test
    void aDefectBeforeAnythingWasSentCostsTheCallItsPolicy() {
        failing = looks + 1;

        assertThat(session.begin()).isEqualTo(Step.Send.FIRST);
        assertThat(session.after(1, status(503))).isEqualTo(Step.Deliver.INSTANCE);
        assertThat(defects).containsExactly("a call runs without its policy");
        assertNoPermitIsTaken();
    }

    @Test
    void aDefectAfterAnAttemptDeliversItsOutcome() {
        session.begin();
        failing = looks + 1;

        assertThat(session.after(1, status(503))).isEqualTo(Step.Deliver.INSTANCE);
        assertThat(defects).containsExactly(FailOpenSession.DEFECT);
    }

    @Test
    void aDefectInAClassificationDeliversTheFailure() {
        session.begin();

        assertThat(session.after(1, () -> {
                    throw new IllegalStateException("a defect");
                }))
                .isEqualTo(Step.Deliver.INSTANCE);
        assertThat(session.bodyLost(FailOpenSessionTest::broken)).isEqualTo(Step.Deliver.INSTANCE);
        session.bodyFailed(FailOpenSessionTest::broken);
        assertThat(defects)
                .containsExactly(FailOpenSession.DEFECT, FailOpenSession.DEFECT, FailOpenSession.NOT_COUNTED);
    }

    @Test
    void aDefectAfterAWaitDeliversTheOutcomeBeforeIt() {
        session.begin();
        assertThat(session.after(1, status(503))).isInstanceOf(Step.Wait.class);
        failing = looks + 1;

        assertThat(session.resume()).isEqualTo(Step.Deliver.INSTANCE);
        assertThat(defects).containsExactly(FailOpenSession.DEFECT);
        assertNoPermitIsTaken();
    }

    private static Outcome.Failure broken() {
        throw new IllegalStateException("a defect");
    }

    private void assertNoPermitIsTaken() {
        assertThat(targets.all())
                .isNotEmpty()
                .allSatisfy(target -> assertThat(target.concurrency().taken()).isZero());
    }

    private long now() {
        looks++;
        if (looks == failing) {
            throw new IllegalStateException("a defect");
        }
        return looks;
    }
}
