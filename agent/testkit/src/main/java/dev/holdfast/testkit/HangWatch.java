package dev.holdfast.testkit;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Tells where a test hangs, and ends the JVM in which it does under {@code CI=true}: a build that never ends says
 * nothing about the fault. JUnit's own time limit does not reach the tests of other engines and does not show other
 * threads.
 *
 * <p>Found by the service loader, in every JVM that runs tests. Thread-safe.
 */
public final class HangWatch implements TestExecutionListener {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Map<TestIdentifier, Long> running = new ConcurrentHashMap<>();

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Thread watch = new Thread(this::watch, "hang-watch");
        watch.setDaemon(true);
        watch.start();
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            running.put(test, System.nanoTime());
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        running.remove(test);
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(LIMIT.toMillis() / 10);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            running.forEach((test, since) -> {
                if (now - since > LIMIT.toNanos() && running.remove(test) != null) {
                    report(test);
                }
            });
        }
    }

    private static void report(TestIdentifier test) {
        StringBuilder text = new StringBuilder("HANGS: ")
                .append(test.getUniqueId())
                .append(" has not ended after ")
                .append(LIMIT.toMinutes())
                .append(" minutes; all threads:\n");
        for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
            text.append('"').append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
            LockInfo lock = thread.getLockInfo();
            if (lock != null) {
                text.append(" on ").append(lock).append(", held by ").append(thread.getLockOwnerName());
            }
            text.append('\n');
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        System.out.println(text);
        if (System.getenv("CI") != null) {
            System.out.flush();
            Runtime.getRuntime().halt(1);
        }
    }
}
