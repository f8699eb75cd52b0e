/** The web application: goes into {@code WEB-INF/classes}. */
@org.jspecify.annotations.NullMarked
package com.example.webapp;
