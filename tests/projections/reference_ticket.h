// The naive reference for tickets: every answer is found by looking at all
// touchpoints of the ticket again.
#ifndef TESTS_PROJECTIONS_REFERENCE_TICKET_H_
#define TESTS_PROJECTIONS_REFERENCE_TICKET_H_

#include <map>
#include <random>
#include <string>
#include <vector>

#include "journey/v1/ticket.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::testing {

// The tickets at `instant` by id, without journey and explanation.
// `touchpoints` may be of any kind and in any order.
std::map<std::string, v1::Ticket> ReferenceTickets(
    std::vector<v1::Touchpoint> touchpoints, core::Micros instant);

// Since when each ticket among `touchpoints` is an open critical complaint;
// those that are none are left out.
std::map<std::string, core::Micros> ReferenceCriticalComplaints(
    const std::vector<v1::Touchpoint>& touchpoints, core::Micros instant);

// When tickets became complaints, in order.
std::vector<core::Micros> ReferenceComplaints(
    const std::vector<v1::Touchpoint>& touchpoints, core::Micros instant);

// Touchpoints of kind ticket: of `tickets` tickets whose subjects change, with
// equal instants, from 2025-01-01 on for so many days.
std::vector<v1::Touchpoint> RandomTickets(std::mt19937& random, int touchpoints,
                                          int tickets, int days);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_REFERENCE_TICKET_H_
