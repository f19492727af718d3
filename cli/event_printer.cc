#include "cli/event_printer.h"

#include "cli/json.h"
#include "cli/render.h"

namespace journey::cli {

void EventPrinter::Print(const v1::Event& event) {
  if (format_ == Format::kJson) {
    out_ << (any_ ? ",\n" : "[\n") << ToJsonLine(event);
  } else {
    out_ << (format_ == Format::kTable ? EventLine(event) : ToJsonLine(event))
         << '\n';
  }
  any_ = true;
}

void EventPrinter::Finish() {
  if (format_ == Format::kJson) out_ << (any_ ? "\n]\n" : "[]\n");
  out_.flush();
}

}  // namespace journey::cli
