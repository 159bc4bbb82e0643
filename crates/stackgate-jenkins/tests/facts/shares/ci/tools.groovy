def ship(zone) {
  sh "./ship.sh ${zone}"
}
return this
