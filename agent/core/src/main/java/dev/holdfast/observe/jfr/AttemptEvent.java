package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** An attempt ended. */
@Name("dev.holdfast.Attempt")
@Label("Attempt")
@Description("One exchange, up to its response's head")
@Category("Holdfast")
@StackTrace(false)
final class AttemptEvent extends CallEvent {
    @Label("Method")
    @Nullable
    String method;

    @Label("Outcome")
    @Description("The response's status, or the kind of the failure")
    @Nullable
    String outcome;

    @Label("Took")
    @Timespan
    long took;
}
