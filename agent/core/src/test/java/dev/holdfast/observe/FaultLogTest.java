package dev.holdfast.observe;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests that a game day is seen by everybody who looks, as long as it lasts. */
class FaultLogTest {
    private static final FaultPolicy FAULT = new FaultPolicy(1, 503, null, 0, 0, 1, 1_800_000_000_000L);
    private static final String UNTIL = "2027-01-15T08:00:00Z";

    private final List<String> lines = new ArrayList<>();
    private final Log log = new Log(entry -> lines.add(entry.level() + " " + entry.message()), () -> 0);
    private final Policy policy = Policies.retry().maxRetries(1).policy().withFault(FAULT);
    private List<Policy> faulty = List.of(policy);
    private long wallClock;
    private final FaultLog faultLog = new FaultLog(log, () -> InjectedFaults.of(faulty, wallClock));

    @Test
    void itsBeginAndItsEndAreSaidOnce() {
        faultLog.tick();
        faultLog.tick();
        assertThat(lines)
                .containsExactly("WARN game day: faults are injected into calls until " + UNTIL
                        + ", since faults.armed is true:\n  *: 1.0 of attempts, status 503");

        lines.clear();
        wallClock = FAULT.untilMillis();
        faultLog.tick();
        faultLog.tick();
        assertThat(lines).containsExactly("WARN game day: no faults are injected any more, since " + UNTIL);
    }

    @Test
    void aReloadThatDisarmsThemEndsThem() {
        faultLog.tick();
        lines.clear();
        faulty = List.of();

        faultLog.tick();

        assertThat(lines)
                .containsExactly("WARN game day: no faults are injected any more, as [faults] is not armed any more");
    }

    @Test
    void aReloadWithOtherFaultsSaysWhichTheyAre() {
        faultLog.tick();
        lines.clear();
        faulty = List.of(Policies.retry()
                .policy(Mode.OBSERVE)
                .withFault(new FaultPolicy(0.5, 0, null, 2_000_000_000L, 0, 1, FAULT.untilMillis())));

        faultLog.tick();

        assertThat(lines)
                .singleElement()
                .asString()
                .endsWith("\n  *: 0.5 of attempts, delay of 2000 ms (observe: only counted)");
    }

    @Test
    void eachConfigurationThatInjectsFaultsIsSaid() {
        faultLog.configured();
        faultLog.tick();
        assertThat(lines).hasSize(1);

        faultLog.configured();
        faultLog.tick();

        assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("WARN game day: faults are injected"));
    }

    @Test
    void aConfigurationThatIsArmedAfterTheEndIsSaid() {
        wallClock = FAULT.untilMillis();
        faultLog.configured();
        faultLog.tick();

        assertThat(lines)
                .containsExactly(
                        "WARN game day: [faults] is armed, and no faults are injected, since until is " + UNTIL);
    }

    @Test
    void whatWasOverFromTheStartIsNotWorthAWord() {
        wallClock = FAULT.untilMillis();
        faultLog.tick();

        assertThat(lines).isEmpty();
    }

    @Test
    void statusMetersAndTheManagementConsoleShowThem() {
        ObservedCalls calls = new ObservedCalls(policy);
        calls.faults(InjectedFaults.of(faulty, 0));
        Session session = calls.session("shop.example");
        Step step = session.begin(calls.now());
        assertThat(step).isInstanceOf(Step.Wait.class);
        assertThat(session.resume(calls.now())).isInstanceOf(Step.FallBack.class);

        Snapshot snapshot = calls.status.get();

        assertThat(snapshot.origins().get(0).faults()).isEqualTo(Map.of("status", 2L));
        assertThat(SnapshotJson.of(snapshot))
                .contains("\"faults\":{\"injecting\":true,\"until\":\"" + UNTIL
                        + "\",\"policies\":[{\"policy\":\"*\",\"mode\":\"enforce\",\"share\":1.0,"
                        + "\"fault\":\"status 503\"}]}")
                .contains("\"faults\":{\"status\":2}");
        assertThat(Summary.of(snapshot).lines().findFirst().orElseThrow())
                .contains("; GAME DAY: faults injected into 2 attempts");
        assertThat(new Management(calls.status, on -> {}).getInjectedFaults())
                .containsExactly("until " + UNTIL, "*: 1.0 of attempts, status 503");
        calls.faults(InjectedFaults.of(faulty, FAULT.untilMillis()));
        assertThat(new Management(calls.status, on -> {}).getInjectedFaults()).isEmpty();
    }

    @Test
    void observeModeCountsThemAsWhatItWouldHaveDone() {
        ObservedCalls calls =
                new ObservedCalls(Policies.retry().policy(Mode.OBSERVE).withFault(FAULT));
        calls.call("shop.example", status(200));

        OriginStats stats = calls.status.get().origins().get(0);

        assertThat(stats.faults()).isEmpty();
        assertThat(stats.wouldHave()).containsEntry("fault_status", 1L);
    }
}
