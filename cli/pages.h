// Lists that come in pages.
#ifndef CLI_PAGES_H_
#define CLI_PAGES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "google/protobuf/repeated_field.h"
#include "service/core/limits.h"

namespace journey::cli {

// The options of every list.
struct PageOptions {
  bool all = false;
  int page_size = 0;
  // As the service gave it.
  std::string page_token;
};

// A token is one of the service, or one that PrintMore printed: then times
// relative to now count from where they counted on the page before, because
// the service takes a token only for the very same request.
void AddPageOptions(CLI::App& command, Invocation& invocation,
                    PageOptions& options);

// Tells how to go on where there is more, with "MICROS.TOKEN": what times
// counted from, and the token of the service.
void PrintMore(const Invocation& invocation, const std::string& next_token);

// For a table without rows; `what` is for example "stalled deals". A page may
// be empty although there are more.
void PrintNone(const Invocation& invocation, absl::string_view what,
               const std::string& next_token);

// One page, or all of them together in one response, whose token is empty.
template <typename Service, typename Request, typename Response>
[[nodiscard]] absl::StatusOr<Response> FetchPages(
    const Settings& settings, const PageOptions& options,
    grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                   const Request&, Response*),
    Request request) {
  const std::unique_ptr<typename Service::StubInterface> stub =
      Service::NewStub(OpenChannel(settings));
  request.set_page_size(options.page_size == 0 && options.all
                            ? core::kPageSizeMax
                            : options.page_size);
  request.set_page_token(options.page_token);
  Response together;
  do {
    auto page = CallOn(*stub, settings, method, request);
    if (!page.ok()) return page.status();
    // A merge appends lists and replaces the other fields, but keeps a token
    // that the last page does not have.
    together.clear_next_page_token();
    together.MergeFrom(*page);
    request.set_page_token(page->next_page_token());
  } while (options.all && !request.page_token().empty());
  return together;
}

// Prints what was fetched. `entries` are those of the response and `what` they
// are called; `print_table` takes them as a vector that is not empty.
template <typename Response, typename Entry, typename PrintTable>
void PrintPage(const Invocation& invocation, Format format,
               const Response& response,
               const google::protobuf::RepeatedPtrField<Entry>& entries,
               absl::string_view what, PrintTable print_table) {
  if (format == Format::kJson) {
    (void)PrintJson(invocation, format, response);
  } else if (format == Format::kNdjson) {
    for (const Entry& entry : entries) {
      (void)PrintJson(invocation, format, entry);
    }
  } else if (entries.empty()) {
    PrintNone(invocation, what, response.next_page_token());
  } else {
    print_table(std::vector<Entry>(entries.begin(), entries.end()));
  }
  PrintMore(invocation, response.next_page_token());
}

}  // namespace journey::cli

#endif  // CLI_PAGES_H_
