#pragma once

namespace CLI {
class App;
}

namespace nightjar::cli {

struct Context;

/// `nightjar detect` by itself: attacks, scan events and incidents of a span. `detect` keeps its sub-commands.
void add_detect_everything(CLI::App& detect, Context& context);

}  // namespace nightjar::cli
