// Prints events as they come.
#ifndef CLI_EVENT_PRINTER_H_
#define CLI_EVENT_PRINTER_H_

#include <ostream>

#include "cli/invocation.h"
#include "journey/v1/touchpoint_service.pb.h"

namespace journey::cli {

// Tables become a line an event, JSON becomes one array. Not thread-safe.
class EventPrinter {
 public:
  // `out` outlives the printer.
  EventPrinter(std::ostream& out, Format format) : out_(out), format_(format) {}

  void Print(const v1::Event& event);
  // Whether an event was printed.
  [[nodiscard]] bool any() const { return any_; }

  // Ends the output and hands it on.
  void Finish();

 private:
  std::ostream& out_;
  const Format format_;
  bool any_ = false;
};

}  // namespace journey::cli

#endif  // CLI_EVENT_PRINTER_H_
