package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.Jdks.Jdk;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each JDK that is found starts, and is what it is said to be. */
class ForkedJvmTest {
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void runsAProgramOnTheJdkAskedFor(Jdk jdk) {
        ForkedJvm.Result result = new ForkedJvm(jdk)
                .jvm("-Dasked=for")
                .main(Program.class, "one", "two")
                .run();
        assertThat(result.succeeded().out()).isEqualTo(jdk.feature() + " for two");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void killsWhatDoesNotEnd() {
        ForkedJvm jvm = new ForkedJvm(Jdks.all().get(0)).main(Hanging.class).within(Duration.ofMillis(300));
        assertThatThrownBy(jvm::run).isInstanceOf(AssertionError.class).hasMessageContaining("not finished");
    }

    @Test
    void aFailingProgramIsReportedWithItsOutput() {
        ForkedJvm jvm = new ForkedJvm(Jdks.all().get(0)).main("no.such.Program");
        assertThatThrownBy(() -> jvm.run().succeeded())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no.such.Program");
    }

    /** Says where it runs. */
    static final class Program {
        public static void main(String[] arguments) {
            System.out.print(Runtime.version().feature() + " " + System.getProperty("asked") + " " + arguments[1]);
        }
    }

    /** Does not end. */
    static final class Hanging {
        public static void main(String[] arguments) throws InterruptedException {
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }
}
