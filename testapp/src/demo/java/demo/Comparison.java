package demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** Two runs of the shop program side by side: the table, and the judgement. */
final class Comparison {
    private static final String ROW = "%-36s| %-23s%-14s| %-23s%s%n";

    private final ShopRun without;
    private final ShopRun with;

    Comparison(ShopRun without, ShopRun with) {
        this.without = without;
        this.with = with;
    }

    /** Prints the table and a closing line. */
    void print(PrintStream out) {
        out.printf(ROW, "", "WITHOUT THE AGENT", "", "WITH THE AGENT", "");
        String client = "";
        for (int i = 0; i < without.calls().size() && i < with.calls().size(); i++) {
            ShopRun.Call before = without.calls().get(i);
            ShopRun.Call after = with.calls().get(i);
            if (!before.client().equals(client)) {
                client = before.client();
                out.printf(ROW, client, "program saw", "server did", "program saw", "server did");
                out.println("-".repeat(112));
            }
            out.printf(
                    ROW,
                    "  " + before.title(),
                    before.seen(),
                    without.actionsOn(before),
                    after.seen(),
                    with.actionsOn(after));
        }
        out.println();
        with.rest().forEach(line -> out.println("The agent's JVM said: " + line));
        out.printf(
                Locale.ROOT,
                "%d of %d calls succeeded without the agent (%.1f s), %d of %d with it (%.1f s).%n",
                without.successes(),
                without.calls().size(),
                without.took().toMillis() / 1000.0,
                with.successes(),
                with.calls().size(),
                with.took().toMillis() / 1000.0);
    }

    /**
     * Returns the claims that the demo did not show: that a call which may be sent again came through with one body and
     * one key, and that no other call reached the server more often than without the agent.
     */
    List<String> brokenPromises() {
        List<String> broken = new ArrayList<>();
        if (without.calls().isEmpty() || without.calls().size() != with.calls().size()) {
            broken.add("the runs made " + without.calls().size() + " and "
                    + with.calls().size() + " calls");
        }
        for (ShopRun.Call call : with.calls()) {
            judge(call, broken);
        }
        return broken;
    }

    private void judge(ShopRun.Call call, List<String> broken) {
        String name = call.client() + ", " + call.title() + ": ";
        List<ShopRun.Request> requests = with.requestsOf(call);
        if (requests.isEmpty()) {
            broken.add(name + "the server saw nothing of it");
            return;
        }
        if (mayBeSentAgain(requests.get(0)) && call.script().endsWith("ok")) {
            if (!call.succeeded()) {
                broken.add(name + "ended in " + call.seen());
            }
        } else if (!sameWithout(call)) {
            broken.add(name + "not as without the agent");
        }
        if (new HashSet<>(requests.stream()
                                .map(r -> r.method() + r.key() + r.body())
                                .toList())
                        .size()
                > 1) {
            broken.add(name + "its requests differ: " + requests);
        }
    }

    private boolean sameWithout(ShopRun.Call call) {
        return without.calls().stream()
                .filter(c -> c.number() == call.number())
                .allMatch(c ->
                        c.seen().equals(call.seen()) && without.actionsOn(c).equals(with.actionsOn(call)));
    }

    /** The safety rule in the service's eyes: an idempotent method (RFC 9110, 9.2.2), or a key that makes it so. */
    private static boolean mayBeSentAgain(ShopRun.Request request) {
        return !request.method().equals("POST") || !request.key().equals("key=-");
    }
}
