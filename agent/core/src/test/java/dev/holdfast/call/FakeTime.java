package dev.holdfast.call;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time that passes when a test says so; what is due then runs on the test's thread. */
public final class FakeTime {
    private final List<Task> tasks = new ArrayList<>();
    private long now;

    /** An engine that lives in this time, with one policy for every host. */
    public Engine engine(Policy policy, PolicyTargets targets) {
        return new Engine(
                new PolicyTable<>(Map.of(HostPattern.parse("*"), policy)),
                targets,
                new Timer(new Scheduler()),
                this::now,
                () -> 0,
                new Random(1));
    }

    /** The time now, in nanoseconds. */
    public long now() {
        return now;
    }

    /** Lets time pass. */
    public void pass(Duration time) {
        long until = now + time.toNanos();
        while (true) {
            Task next = tasks.stream()
                    .filter(task -> task.at <= until)
                    .min(Comparator.comparingLong(task -> task.at))
                    .orElse(null);
            if (next == null) {
                break;
            }
            now = next.at;
            tasks.remove(next);
            next.run();
        }
        now = until;
    }

    /** Returns how many tasks wait for their time. */
    public int waiting() {
        tasks.removeIf(FutureTask::isCancelled);
        return tasks.size();
    }

    private final class Scheduler extends ScheduledThreadPoolExecutor {
        Scheduler() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            Task task = new Task(Executors.callable(command), now + unit.toNanos(delay));
            tasks.add(task);
            return task;
        }
    }

    private static final class Task extends FutureTask<Object> implements ScheduledFuture<Object> {
        final long at;

        Task(Callable<Object> command, long at) {
            super(command);
            this.at = at;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }
}
