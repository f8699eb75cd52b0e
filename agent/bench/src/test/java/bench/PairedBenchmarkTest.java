package bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The comparison of two addresses that differ in their policy, where two equal ones were compared before. */
class PairedBenchmarkTest {
    private final Report report = new Report();
    private final AtomicInteger measured = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(doubles = {0.97, 1.03, 2.44, 0.59, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesToJudgeAPolicyWhereEqualAddressesDiffer(double equal) throws Exception {
        judge(equal, 1);
        assertThat(measured).hasValue(0);
        assertThat(report.passed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.985, 1, 1.015})
    void judgesItWhereTheyDoNot(double equal) throws Exception {
        judge(equal, 0.98);
        assertThat(measured).hasValue(1);
        assertThat(report.passed()).isTrue();
    }

    @Test
    void aPolicyThatCostsTooMuchMissesItsLimit() throws Exception {
        judge(1, 0.96);
        assertThat(measured).hasValue(1);
        assertThat(report.passed()).isFalse();
    }

    private void judge(double equal, double policy) throws Exception {
        PairedBenchmark.judge(
                "client",
                () -> new double[] {equal, 1},
                () -> {
                    measured.incrementAndGet();
                    return new double[] {policy, 1};
                },
                report);
    }
}
