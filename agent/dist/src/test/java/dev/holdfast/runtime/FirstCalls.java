package dev.holdfast.runtime;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.PolicyTable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first call of a program meet the end of the reading of its configuration, as often as its argument says, a
 * little earlier or later each time.
 */
final class FirstCalls {
    private static volatile @Nullable Holdfast next;
    private static volatile int round;

    private FirstCalls() {}

    public static void main(String[] arguments) throws InterruptedException {
        int rounds = Integer.parseInt(arguments[0]);
        Engine engine = new Engine(new PolicyTable<>(Map.of()), new PolicyTargets(Observer.NONE), new Timer());
        Thread reading = new Thread(() -> {
            for (int i = 1; i <= rounds; i++) {
                while (round != i) {
                    Thread.onSpinWait();
                }
                Holdfast holdfast = next;
                pass(i % 17);
                if (holdfast != null) {
                    holdfast.use(engine);
                }
            }
        });
        reading.start();
        int without = 0;
        for (int i = 1; i <= rounds; i++) {
            Holdfast holdfast = new Holdfast((what, cause) -> {});
            next = holdfast;
            round = i;
            pass(i % 23);
            if (holdfast.context(Clients.ALL.get(0)) == null) {
                without++;
            }
        }
        reading.join();
        System.out.println("without policies: " + without);
    }

    private static void pass(int steps) {
        for (int i = steps; i > 0; i--) {
            Thread.onSpinWait();
        }
    }
}
