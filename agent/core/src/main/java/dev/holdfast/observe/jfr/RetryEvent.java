package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** There will be another attempt. */
@Name("dev.holdfast.Retry")
@Label("Retry")
@Description("A call is sent again, after a wait")
@Category("Holdfast")
@StackTrace(false)
final class RetryEvent extends CallEvent {
    @Label("Reason")
    @Description("What the last attempt gave")
    @Nullable
    String reason;

    @Label("Delay")
    @Timespan
    long delay;
}
