package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** An attempt got the fault of a game day. */
@Name("dev.holdfast.Fault")
@Label("Injected fault")
@Description("An attempt gets a fault that [fault] asks for; in observe mode, it would get it")
@Category("Holdfast")
@StackTrace(false)
final class FaultEvent extends CallEvent {
    @Label("Fault")
    @Nullable
    String fault;

    @Label("Mode")
    @Nullable
    String mode;
}
